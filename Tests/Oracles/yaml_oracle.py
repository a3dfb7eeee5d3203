"""PyYAML as an oracle.

Without arguments: for each line, a text as a JSON string, what yaml.safe_load makes of it as JSON, or "refused". With
--write N: N lines, each a list of a text that yaml.safe_dump wrote and the value that it wrote."""

import json
import random
import sys

import yaml


def read():
    for line in sys.stdin:
        try:
            print(json.dumps(yaml.safe_load(json.loads(line)), allow_nan=False))
        except Exception:
            print('"\\u0000refused"')


WORDS = [
    "motion", "person", "big dog", "it's", 'say "so"', "a: b", "- c", "#d", "é", "", " ", "yes", "null", "012", "3d",
    "1:30", "2020-01-01", "*x", "&y", "@z", "x #y", "http://example.org/a", "tab\there", "a, b", "[c]",
]


def value(dice, depth):
    kind = dice.randrange(8 if depth < 4 else 6)
    if kind == 0:
        return dice.choice([None, True, False])
    if kind == 1:
        return dice.randrange(-10**12, 10**12)
    if kind == 2:
        return dice.choice([0.95, -1.5, 1e-7, 3.0, 12345.678, 1e22])
    if kind < 6:
        return dice.choice(WORDS)
    if kind == 6:
        return [value(dice, depth + 1) for _ in range(dice.randrange(4))]
    return {dice.choice(["model", "stages", "a b", "é", "it's", "yes", "x:y"]): value(dice, depth + 1)
            for _ in range(dice.randrange(4))}


def write(count):
    dice = random.Random(5)
    for number in range(count):
        # Values that are made anew each time have no anchors.
        content = {"content": value(dice, 0)}
        style = [False, None, True][number % 3]
        text = yaml.safe_dump(content, default_flow_style=style, width=10**6, allow_unicode=True, sort_keys=False)
        print(json.dumps([text, content]))


if sys.argv[1:2] == ["--write"]:
    write(int(sys.argv[2]))
else:
    read()
