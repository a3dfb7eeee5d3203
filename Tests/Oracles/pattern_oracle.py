"""Matches patterns with PCRE2 itself (Debian's libpcre2-8, which grep brings), in MongoDB's mode: UTF, no UCP.

In: one JSON object a line, {"pattern": "…", "options": "imsx", "texts": ["…", …]}.
Out: a 0 or 1 for each text, or "refused".
"""
import ctypes
import json
import sys

OPTIONS = {"i": 0x8, "m": 0x400, "s": 0x20, "x": 0x80}
UTF = 0x80000
# An optimisation of 10.42 changes what matches: it takes \S and \v for disjoint, though U+2028 is in both.
NO_AUTO_POSSESS = 0x4000
NO_MATCH = -1

pcre = ctypes.CDLL("libpcre2-8.so.0")
pcre.pcre2_compile_8.restype = ctypes.c_void_p
pcre.pcre2_compile_8.argtypes = [
    ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint32, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_size_t),
    ctypes.c_void_p]
pcre.pcre2_match_data_create_from_pattern_8.restype = ctypes.c_void_p
pcre.pcre2_match_data_create_from_pattern_8.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
pcre.pcre2_match_8.argtypes = [
    ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_uint32, ctypes.c_void_p,
    ctypes.c_void_p]
pcre.pcre2_code_free_8.argtypes = [ctypes.c_void_p]
pcre.pcre2_match_data_free_8.argtypes = [ctypes.c_void_p]


def answer(question):
    pattern = question["pattern"].encode()
    options = UTF | NO_AUTO_POSSESS | sum(OPTIONS[letter] for letter in question["options"])
    error, place = ctypes.c_int(), ctypes.c_size_t()
    code = pcre.pcre2_compile_8(pattern, len(pattern), options, error, place, None)
    if not code:
        return "refused"
    data = pcre.pcre2_match_data_create_from_pattern_8(code, None)
    found = ""
    for text in question["texts"]:
        text = text.encode()
        result = pcre.pcre2_match_8(code, text, len(text), 0, 0, data, None)
        found += "1" if result >= 0 else "0" if result == NO_MATCH else "?"
    pcre.pcre2_match_data_free_8(data)
    pcre.pcre2_code_free_8(code)
    return found


for line in sys.stdin.read().split("\n"):
    print(answer(json.loads(line)))
