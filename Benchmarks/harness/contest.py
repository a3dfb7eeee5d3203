"""Contenders that take turns: A, B, C, A, B, C, …, so that what slows the machine slows them alike."""

import json
import os
import statistics
import subprocess
import tempfile
from dataclasses import dataclass, field

OURS, PEER, FLOOR, INFORMATION = "ours", "peer", "floor", "information"


class ContenderFailed(Exception):
    """A contender ended or answered something else than a measurement."""


@dataclass
class Measured:
    """What the rounds of one contender took. Times are seconds for one item."""
    name: str
    role: str
    wall: list = field(default_factory=list)
    cpu: list = field(default_factory=list)  # empty where the work is done in another process
    about: str = ""

    @property
    def wall_median(self):
        return statistics.median(self.wall)

    @property
    def cpu_median(self):
        return statistics.median(self.cpu) if self.cpu else None

    @property
    def spread(self):
        """The middle half of the CPU times (wall without them), as a share of their median."""
        times = self.cpu or self.wall
        if len(times) < 4:
            return None
        low, _, high = statistics.quantiles(times, n=4)
        return (high - low) / statistics.median(times)

    def ratio(self, other, of="cpu"):
        """How many times as long `other` took: the median of the ratios of the rounds, which pair them."""
        mine, theirs = getattr(self, of), getattr(other, of)
        if not mine or not theirs:
            return None
        return statistics.median(b / a for a, b in zip(mine, theirs))


class Worker:
    """A program that measures itself: one answer on standard output for each line on standard input.

    It first prints a line of JSON, with `about` if it likes. `round` (and an argument) is answered by
    {"items": N, "wall": SECONDS, "cpu": SECONDS}, without `cpu` where the work is done elsewhere. Any other
    line is a request of the benchmark's own. It ends with its input.
    """

    def __init__(self, name, command, role=PEER, environment=None):
        self.name, self.role = name, role
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
            env={**os.environ, **(environment or {})})
        self.about = self.answer().get("about", "")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()

    def ask(self, line):
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # what it died of is reported below
        return self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        try:
            return json.loads(line)
        except ValueError:
            pass
        try:
            status = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            status = None
        self.errors.seek(0)
        complaint = self.errors.read().decode(errors="replace").strip().splitlines()
        raise ContenderFailed(f"{self.name} (exit {status}): {line[:200]!r} {' | '.join(complaint[-3:])}")


def contest(workers, rounds, argument=""):
    """Lets the open `workers` take turns, after one round each that does not count."""
    line = f"round {argument}".strip()
    measured = [Measured(worker.name, worker.role, about=worker.about) for worker in workers]
    for index in range(rounds + 1):
        for worker, figures in zip(workers, measured):
            answer = worker.ask(line)
            if index == 0:
                continue
            figures.wall.append(answer["wall"] / answer["items"])
            if "cpu" in answer:
                figures.cpu.append(answer["cpu"] / answer["items"])
    return measured
