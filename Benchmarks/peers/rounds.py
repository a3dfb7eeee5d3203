"""How a peer talks with Benchmarks/run: see `Worker` in Benchmarks/harness/contest.py."""

import json
import sys
import time
from pathlib import Path


def read_folder(folder):
    """The contents of a folder's files, in the order of their names."""
    return [path.read_bytes() for path in sorted(Path(folder).iterdir()) if not path.name.startswith(".")]


def answer(about, work, items, request=None):
    """Answers until the input ends: `round` does `work` on each of `items` and says how long that took.

    `request` is given any other line and returns what is answered as JSON.
    """
    print(json.dumps({"about": about}), flush=True)
    for line in sys.stdin:
        line = line.rstrip("\n")
        if line.partition(" ")[0] != "round":
            print(json.dumps(request(line) if request else {"error": "no such request"}), flush=True)
            continue
        wall, cpu = time.perf_counter(), time.process_time()
        for item in items:
            work(item)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        print(json.dumps({"items": len(items), "wall": wall, "cpu": cpu}), flush=True)
