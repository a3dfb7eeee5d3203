"""How a client is asked by Benchmarks/run: see `Way` in Benchmarks/harness/clients.py."""

import hashlib
import json
import signal
import time

from rounds import answer

# A server that does not answer in so many seconds is given up.
PATIENCE = 300


def digest(rows):
    """A name for a set of rows, in whatever order they came."""
    return hashlib.sha256(repr(sorted(map(tuple, rows))).encode()).hexdigest()


def serve(about, ask):
    """`ask(question)` gives a dictionary with `count`, and `rows` where others are to be compared with it."""
    def give_up(*_):
        raise TimeoutError(f"no answer in {PATIENCE} s")

    signal.signal(signal.SIGALRM, give_up)

    def measured(question):
        signal.alarm(PATIENCE)
        wall, cpu = time.perf_counter(), time.process_time()
        found = ask(question)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        signal.alarm(0)
        return found, wall, cpu

    def request(line):
        question = json.loads(line)
        try:
            if "many" in question:
                walls, counts, begin = [], [], time.process_time()
                for one in question["many"]:
                    found, wall, _ = measured(one)
                    walls.append(wall)
                    counts.append(found["count"])
                return {"walls": walls, "counts": counts, "cpu": time.process_time() - begin}
            found, wall, cpu = measured(question)
            reply = {"wall": wall, "cpu": cpu}
            rows = found.pop("rows", None)
            if question.get("compare") and rows is not None:
                reply["digest"] = digest(rows)
            if after := found.pop("after", None):
                reply.update(after() if question.get("compare") else {})
            return {**reply, **found}
        except Exception as failure:  # told to the benchmark, which says whose it is
            return {"error": f"{type(failure).__name__}: {failure}"[:500]}

    answer(about, None, [], request)
