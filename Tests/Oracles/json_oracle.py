"""Reads hexadecimal JSON texts, one a line, and writes what Python's json makes of each: a form of the value in which
types, key order and every bit of a float show, or "refused".

What RFC 8259 leaves open or Python adds is refused here as it is by Fovea: NaN and Infinity, numbers without a finite
value, halves of surrogate pairs.
"""
import json
import math
import struct
import sys


def refuse(_):
    raise ValueError("no JSON")


def number(text):
    value = int(text)
    return value if -(2**63) <= value < 2**63 else finite(text)


def finite(text):
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("no finite value")
    return value


def shown(value):
    if value is None:
        return "n"
    if value is True or value is False:
        return "b1" if value else "b0"
    if isinstance(value, int):
        return f"i{value}"
    if isinstance(value, float):
        return "f" + struct.pack(">d", value).hex()
    if isinstance(value, str):
        return "s" + value.encode("utf-8").hex()
    if isinstance(value, list):
        return "[" + ",".join(shown(element) for element in value) + "]"
    return "{" + ",".join(key.encode("utf-8").hex() + ":" + shown(member) for key, member in value.items()) + "}"


for line in sys.stdin.read().split("\n"):
    try:
        text = bytes.fromhex(line).decode("utf-8")
        print(shown(json.loads(text, parse_constant=refuse, parse_int=number, parse_float=finite)))
    except (ValueError, RecursionError):
        print("refused")
