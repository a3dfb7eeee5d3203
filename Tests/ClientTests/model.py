"""What both query languages mean, for entities, connections, blobs and descriptors, in a few lists in memory.

A query is a list of steps in words of our own, which `walk.py` writes in either language:

    ("add", kind, properties, {ref, once, link, blob})     ("find", kind, {ref, where, link, unique, ask, sort, limit})
    ("update", kind, {where, ref}, properties, removed)    ("delete", kind, {where, ref})
    ("join", class, ref, ref, properties)                  ("joins", class, {where, ask})
    ("wrong",)

`where` is a list of (property, operator, value) that must all hold. A property that an entity lacks fulfils none.
"""

import copy
import operator

import numpy as np

OPERATORS = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
             ">=": operator.ge, "in": lambda value, choices: value in choices}


class Refused(Exception):
    """The query fails as a whole."""


def holds(properties, where):
    return all(key in properties and OPERATORS[op](properties[key], value) for key, op, value in where)


class Model:
    """A database: `run` gives the answers to a query, or raises Refused and changes nothing."""

    def __init__(self, empty_ref_fails):
        self.empty_ref_fails = empty_ref_fails
        self.things = {}  # number: (kind, properties, blob)
        self.edges = []  # (class, source, destination, properties)
        self.count = 0

    def run(self, steps):
        before = copy.deepcopy((self.things, self.edges, self.count))
        refs = {}
        try:
            return [getattr(self, "do_" + step[0])(refs, *step[1:]) for step in steps]
        except Refused:
            self.things, self.edges, self.count = before
            raise

    def name(self, refs, ref, found):
        if ref is None:
            return
        if ref in refs or not found and self.empty_ref_fails:
            raise Refused
        refs[ref] = found

    def resolve(self, refs, ref):
        if ref not in refs:
            raise Refused
        return refs[ref]

    def matching(self, refs, kind, options):
        found = [number for number, (of, properties, _) in self.things.items()
                 if of == kind and holds(properties, options.get("where", []))]
        if link := options.get("link"):
            near = self.neighbours(self.resolve(refs, link["ref"]), link)
            found = [number for number in found if number in near]
        return found

    def neighbours(self, sources, link):
        near = set()
        for kind, source, destination, properties in self.edges:
            if link.get("class") in (None, kind) and holds(properties, link.get("where", [])):
                if link.get("direction") != "in" and source in sources:
                    near.add(destination)
                if link.get("direction") != "out" and destination in sources:
                    near.add(source)
        return near

    def do_wrong(self, refs):
        raise Refused

    def do_add(self, refs, kind, properties, options):
        link = options.get("link")
        targets = self.resolve(refs, link["ref"]) if link else []
        if options.get("once"):
            there = self.matching({}, kind, {"where": options["once"]})
            if there:
                self.name(refs, options.get("ref"), there)
                return {"status": 2}
        self.count += 1
        self.things[self.count] = (kind, dict(properties), options.get("blob"))
        for target in targets:
            pair = (target, self.count) if link.get("direction") == "in" else (self.count, target)
            self.edges.append((link["class"], *pair, {}))
        self.name(refs, options.get("ref"), [self.count])
        return {"status": 0}

    def do_join(self, refs, kind, one, two, properties):
        for source in self.resolve(refs, one):
            for destination in self.resolve(refs, two):
                self.edges.append((kind, source, destination, dict(properties)))
        return {"status": 0}

    def do_find(self, refs, kind, options):
        found = self.matching(refs, kind, options)
        if options.get("unique") and len(found) != 1:
            raise Refused
        if near := options.get("near"):
            # How near each is, by squared distance; no two rows are equally far from a query.
            query, k = near
            rows = {number: np.frombuffer(self.things[number][2], np.float32).astype(float) for number in found}
            found = sorted(found, key=lambda number: ((rows[number] - query) ** 2).sum())[:k]
        elif sort := options.get("sort"):
            key, descending = sort
            found.sort(key=lambda number: self.things[number][1][key], reverse=descending)
            found = found[:options.get("limit")]
        self.name(refs, options.get("ref"), found)
        return self.answer([self.things[number][1] for number in found], options,
                           [self.things[number][2] for number in found])

    def answer(self, found, options, blobs=()):
        what, *keys = options["ask"]
        if what == "list":
            rows = [tuple(properties.get(key) for key in keys) for properties in found]
            return {"rows": rows if options.get("sort") or options.get("near") else sorted(rows, key=repr)}
        if what == "blobs":
            rows = [(properties["k"], blob) for properties, blob in zip(found, blobs)]
            return {"rows": rows if options.get("sort") or options.get("near") else sorted(rows)}
        if what == "count":
            return {"count": len(found)}
        if what == "sum":
            return {"sum": sum(properties[keys[0]] for properties in found)}
        return {}

    def selected(self, refs, kind, options):
        if "ref" in options:
            return self.resolve(refs, options["ref"])
        return self.matching(refs, kind, options)

    def do_update(self, refs, kind, options, properties, removed):
        found = self.selected(refs, kind, options)
        for number in found:
            self.things[number][1].update(properties)
            for key in removed:
                self.things[number][1].pop(key, None)
        return {"count": len(found)}

    def do_delete(self, refs, kind, options):
        found = set(self.selected(refs, kind, options))
        for number in found:
            del self.things[number]
        self.edges = [edge for edge in self.edges if not found & {edge[1], edge[2]}]
        for ref in refs:
            refs[ref] = [number for number in refs[ref] if number not in found]
        return {"count": len(found)}

    def do_joins(self, refs, kind, options):
        found = [properties for of, _, _, properties in self.edges
                 if of == kind and holds(properties, options.get("where", []))]
        return self.answer(found, options)
