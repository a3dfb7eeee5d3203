"""Contests on a folder of JPEG files, each contender on one thread with the files in memory."""

from contextlib import ExitStack

import numpy

from harness import machine
from harness.contest import FLOOR, OURS, PEER, Worker


class MediaContest:
    """`ours` is a task of MediaBenchmark; the others are `(role, name, task)`, where a task is a function of
    peers/pixels.py, or one of MediaBenchmark with `fovea:` before it."""

    def __init__(self, bench, folder, ours, others, rounds=None):
        contenders = [(OURS, "Fovea", f"fovea:{ours}"), *others]
        with ExitStack() as stack:
            self.workers = {
                task: stack.enter_context(Worker(name, command(bench, task, folder), role))
                for role, name, task in contenders}
            self.rows = bench.contest(self.workers.values(), rounds=rounds)
            self.values = {}
            for task in {f"fovea:{ours}", *EXACT} & set(self.workers):
                path = bench.scratch / "results"
                self.workers[task].ask(f"write {path}")
                self.values[task] = numpy.frombuffer(path.read_bytes(), numpy.uint8)
        self.ours = self.rows[0]
        self.peers = [row for row in self.rows if row.role == PEER]
        self.floors = [row for row in self.rows if row.role == FLOOR]
        self.best = min(self.peers, key=lambda row: row.cpu_median)
        self.versions = [f"libjpeg-turbo {machine.package('libturbojpeg0')} (Fovea)"]
        self.versions += [row.about for row in self.rows]

    def row(self, task):
        """What the contender that does `task` took."""
        return self.rows[list(self.workers).index(task)]

    def differences(self, task):
        """How many bytes of our results differ from those of `task`, and of how many."""
        ours, theirs = self.values[next(iter(self.workers))], self.values[task]
        return int((ours != theirs).sum()), ours.size


# Peers whose results ours must equal.
EXACT = {"pillow_resize", "imagehash_phash"}


def command(bench, task, folder):
    if task.startswith("fovea:"):
        return [bench.program("MediaBenchmark"), task.removeprefix("fovea:"), folder]
    return [bench.python, "-B", bench.peers / "pixels.py", task, folder]
