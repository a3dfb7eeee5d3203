"""Random walks: queries from a seed, run against a server and against the model, until the two differ.

A walk that differs is shortened: the queries before the one that differs are left out one by one, as long as it
still does. Kinds and classes bear a suffix of the walk's own, so walks over one server do not meet.
"""

import itertools
import json
import random
import time

import numpy as np
from model import Model, Refused

KINDS, EDGES = ["Ant", "Bee", "Cow"], ["sees", "eats"]
DIMENSIONS = 6
walks = itertools.count(1)


class Walk:
    """Draws queries that are mostly right."""

    def __init__(self, seed, dialect):
        self.random = random.Random(seed)
        self.vectors = np.random.default_rng(seed)
        self.dialect = dialect
        self.keys = itertools.count(1)

    def query(self):
        self.refs = []
        return [self.step() for _ in range(self.random.randint(1, 6))]

    def new_ref(self):
        ref = len(self.refs) + self.random.choice([1, 1, 7])
        while ref in self.refs:
            ref += 1
        return ref

    def old_ref(self):
        return 99 if self.random.random() < 0.02 or not self.refs else self.random.choice(self.refs)

    def properties(self):
        values = {"k": next(self.keys), "n": self.random.randint(0, 5), "s": self.random.choice(["", "a", "é", "zz"])}
        if self.random.random() < 0.5:
            values["f"] = self.random.randint(-8, 8) / 4
        if self.random.random() < 0.5:
            values["b"] = self.random.random() < 0.5
        return values

    def where(self):
        kinds = [
            lambda: [("n", self.random.choice(["==", "!=", "<", "<=", ">", ">="]), self.random.randint(0, 5))],
            lambda: [("n", ">=", self.random.randint(0, 3)), ("n", "<", self.random.randint(2, 6))],
            lambda: [("s", "in", self.random.sample(["", "a", "é", "zz", "x"], 2))],
            lambda: [("f", self.random.choice(["<", ">="]), self.random.randint(-8, 8) / 4)],
            lambda: [("b", "==", self.random.random() < 0.5)],
            lambda: [("n", "<=", 4), ("s", "==", self.random.choice(["a", "é"]))],
        ]
        return self.random.choice(kinds)()

    def link(self, adding):
        link = {"ref": self.old_ref()}
        if adding or self.random.random() < 0.5:
            link["class"] = self.random.choice(EDGES)
        if self.random.random() < 0.7:
            link["direction"] = self.random.choice(["in", "out"] if adding else ["in", "out", "any"])
        if not adding and self.random.random() < 0.2:
            link["where"] = [("w", ">", self.random.randint(0, 4))]
        return link

    def step(self):
        choice = self.random.random()
        if choice < 0.36:
            return self.add()
        if choice < 0.72:
            return self.find()
        if choice < 0.80 and len(self.refs) >= 2:
            return "join", self.random.choice(EDGES), self.old_ref(), self.old_ref(), {"w": self.random.randint(0, 5)}
        if choice < 0.86:
            ask = self.random.choice([("count",), ("list", "w")])
            return "joins", self.random.choice(EDGES), {"where": [("w", "<=", self.random.randint(0, 5))], "ask": ask}
        if choice < 0.93:
            return ("update", self.random.choice(KINDS), {"where": self.where()},
                    {"n": self.random.randint(0, 5)}, self.random.choice([[], ["f"]]))
        if choice < 0.97 and self.dialect == "aperture":
            few = self.random.sample(range(1, 400), 60)
            return "delete", self.random.choice(KINDS + ["blob", "vector"]), {"where": [("k", "in", few)]}
        return ("wrong",) if choice > 0.99 else self.find()

    def add(self):
        kind = self.random.choice(KINDS * 2 + ["blob", "vector"])
        options, properties = {}, self.properties()
        if kind == "blob":
            options["blob"] = self.random.randbytes(self.random.randint(1, 40))
        elif kind == "vector":
            options["blob"] = self.vectors.normal(size=DIMENSIONS).astype(np.float32).tobytes()
        else:
            if self.random.random() < 0.2:
                properties["k"] = self.random.randint(1, properties["k"])
                options["once"] = [("k", "==", properties["k"])]
            elif self.refs and self.random.random() < 0.6:
                options["link"] = self.link(adding=True)
            if self.random.random() < 0.5:
                options["ref"] = self.new_ref()
                self.refs.append(options["ref"])
        return "add", kind, properties, options

    def find(self):
        kind = self.random.choice(KINDS * 2 + ["blob", "vector"])
        options = {"where": self.where() if self.random.random() < 0.8 else []}
        if kind in KINDS:
            options["ask"] = self.random.choice([("count",), ("sum", "n"), ("list", "k", "n"), ("list", "k", "f", "b")])
            if self.refs and self.random.random() < 0.5:
                options["link"] = self.link(adding=False)
            if options["ask"][0] == "list" and self.random.random() < 0.5:
                options["sort"] = ("k", self.random.random() < 0.5)
                options["limit"] = self.random.choice([None, 1, 3])
            if self.random.random() < 0.05:
                options["unique"] = True
            if self.random.random() < 0.4:
                options["ref"] = self.new_ref()
                self.refs.append(options["ref"])
        elif kind == "blob":
            options["ask"] = ("blobs",)
        else:
            if self.dialect == "vdms":
                options["where"] = []  # VDMS narrows after the search, and so by another rule
            options["ask"] = ("list", "k")
            options["near"] = (self.vectors.normal(size=DIMENSIONS).astype(np.float32), self.random.randint(1, 5))
        return "find", kind, options


def difference(language, queries):
    """The first query that the server answers otherwise than the model: its index, both answers; or None."""
    suffix = f"w{next(walks)}"
    language.start(suffix)
    model = Model(empty_ref_fails=language.empty_ref_fails)
    for index, steps in enumerate(queries):
        try:
            expected = model.run(steps)
        except Refused:
            expected = "refused"
        commands, blobs = language.write(steps, suffix)
        got = language.read(steps, *language.client.query(commands, blobs))
        if got != expected:
            return index, expected, got, commands
    return None


def shortest(language, queries, seconds=60):
    """The queries without those that are not needed to make the last one differ, as far as the time reaches."""
    index, *_ = difference(language, queries)
    queries, end = queries[:index + 1], time.monotonic() + seconds
    for at in range(len(queries) - 2, -1, -1):
        if time.monotonic() > end:
            break
        fewer = queries[:at] + queries[at + 1:]
        found = difference(language, fewer)
        if found:
            queries = fewer[:found[0] + 1]
    return queries


def check(language, seed, length):
    """Walks `length` queries, and fails with the shortest walk found that shows the difference."""
    walk = Walk(seed, language.dialect)
    queries = [walk.query() for _ in range(length)]
    if difference(language, queries) is None:
        return
    queries = shortest(language, queries)
    _, expected, got, commands = difference(language, queries)
    before = "\n".join(json.dumps(language.write(steps, "")[0]) for steps in queries[:-1])
    raise AssertionError(f"seed {seed}: after\n{before}\nasked {json.dumps(commands)}\nexpected {expected}\ngot {got}")
