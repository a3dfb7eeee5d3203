"""Questions about a million intervals of a thousand hours of videos, over HTTP."""

import json
import random
import time
import urllib.request
from contextlib import ExitStack

from harness.clients import serve_store
from harness.contest import Measured, OURS
from harness.programs import run_program
from harness.report import number, Section

ORDER = 71
PRODUCTS = {"fovea", "CatalogBenchmark"}
INTERVALS, DRAWS = 1_000_000, 60


def run(bench):
    count, draws = (20_000, 5) if bench.is_quick else (INTERVALS, DRAWS)
    run_program([bench.program("CatalogBenchmark"), "intervals", bench.scratch, "--images", str(count)])
    section = Section(
        "Intervals",
        f"A hundred videos of ten hours with {count:,} intervals of people, cars and doors, up to a minute each, asked "
        "`POST /v1/intervals/query` one question after another, each with numbers drawn anew and the first hundred of "
        "what it finds in the answer.")
    chance = random.Random(1)
    with ExitStack() as stack:
        server, places = serve_store(bench, stack, bench.scratch / "store")
        address = places["http"]
        began = time.perf_counter()
        ask(address, {"tag": "person"})
        first = time.perf_counter() - began
        every, memory = [], server.memory("VmHWM")
        for kind, question in QUESTIONS.items():
            figures, found, times = Measured(kind, OURS), [], []
            for _ in range(draws):
                asked = question(chance)
                before, began = server.cpu(), time.perf_counter()
                found.append(ask(address, asked)["count"])
                times.append(time.perf_counter() - began)
                figures.cpu.append(server.cpu() - before)
            figures.wall += times
            every += times
            section.table(f"{kind}, {number(sum(found) / len(found))} found", "one question", [figures])
            section.at_most(f"{kind}: 95 of 100 within", 300, quantile(times, 0.95) * 1e3, " ms")
        section.at_most("all of them: 95 of 100 within", 300, quantile(every, 0.95) * 1e3, " ms")
    section.note(
        f"The first question after the start reads all intervals from the disk: {first:.1f} s. The server then holds "
        f"{memory / 1e6:.0f} MB.")
    return section


QUESTIONS = {
    "long and sure": lambda chance: {
        "tag": "person", "min_score": chance.random(), "min_duration": chance.uniform(0, 50)},
    "people during cars": lambda chance: {
        "tag": "person", "min_duration": chance.uniform(0, 20), "where": {"during": {"tag": "car"}}},
    "people shortly before cars": lambda chance: {
        "tag": "person", "where": {"precedes": {"tag": "car"}, "within": chance.uniform(0.1, 10)}},
    "people that end within cars": lambda chance: {
        "tag": "person", "min_score": chance.uniform(0, 0.5), "where": {"overlapped_by": {"tag": "car"}}},
    "people near no car": lambda chance: {
        "tag": "person", "where": [
            {"not": {"intersects": {"tag": "car"}}},
            {"not": {"before": {"tag": "car"}, "within": chance.uniform(1, 30)}}]},
    "a door, a person, a car": lambda chance: {
        "sequence": [{"tag": "door"}, {"tag": "person"}, {"tag": "car"}],
        "within": [chance.uniform(0.1, 10), chance.uniform(0.1, 10)]},
    "people and cars, no door": lambda chance: {
        "and": [{"tag": "person"}, {"tag": "car"}, {"not": {"tag": "door"}}],
        "min_duration": chance.uniform(0, 20)},
}


def ask(address, question):
    request = urllib.request.Request(
        f"http://{address}/v1/intervals/query", json.dumps({"question": question, "limit": 100}).encode(),
        {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=600) as response:
        return json.load(response)


def quantile(times, part):
    return sorted(times)[min(len(times) - 1, int(part * len(times)))]
