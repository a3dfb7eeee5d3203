"""Small queries over many connections of the query port."""

import statistics
from contextlib import ExitStack

from harness import machine
from harness.clients import new_store, serve_store
from harness.contest import INFORMATION, Measured, OURS, Worker
from harness.postgres import Postgres
from harness.report import number, Section

ORDER = 65
PRODUCTS = {"fovea"}
ENTITIES, CONNECTIONS = 10_000, 32

SEARCH = f"\\set key random(0, {ENTITIES - 1})\nSELECT name, size FROM item WHERE key = :key;\n"
ADD = "INSERT INTO item(key, name, size) VALUES (nextval('keys'), 'item ' || currval('keys'), 7);\n"
WORKLOADS = [("searches", "Searches alone", 0), ("mixed", "Nine searches and an addition", 100)]


def run(bench):
    # PostgreSQL's user must be able to enter the folder, and pgbench to write into it.
    bench.scratch.chmod(0o777)
    seconds, rounds = (2, 2) if bench.is_quick else (10, 3)
    store = bench.scratch / "store"
    new_store(bench, store)
    section = Section(
        "Small queries",
        f"{ENTITIES:,} entities; each query finds one by the value of a property and lists two others, in VDMS's "
        f"dialect over one port and {CONNECTIONS} connections, each of which waits for its answer. One process of "
        f"Python drives all of them on the same {machine.cores()} cores with frames made beforehand. In the mixed "
        "rounds every tenth query adds an entity, durably. PostgreSQL does the same for pgbench, over a socket, with "
        "the simple protocol. CPU time is the server's.")
    with ExitStack() as stack:
        server, places = serve_store(bench, stack, store)
        port = places["wire"].rpartition(":")[2]
        load = stack.enter_context(Worker("load", [bench.python, "-B", bench.peers / "frames_load.py", port]))
        load.ask("fill")
        postgres = stack.enter_context(Postgres(bench.scratch / "postgres"))
        fill(postgres)
        scripts = bench.scratch / "search.sql", bench.scratch / "add.sql"
        for path, text in zip(scripts, (SEARCH, ADD)):
            path.write_text(text)
        wrong = 0
        for kind, title, share in WORKLOADS:
            bench.say(title)
            weights = ["-f", f"{scripts[0]}@9", "-f", f"{scripts[1]}@1"] if share else ["-f", scripts[0]]
            turns = Turns(load, server, postgres, bench.scratch / "transactions", f"load {seconds} {share}",
                          ["-T", str(seconds), *weights])
            for index in range(rounds + 1):
                wrong = turns.take(counts=index > 0)
            section.table(title, "a query", [turns.ours, turns.theirs], scale=1e6, unit="µs")
            if kind == "searches":
                section.at_least("searches a second", 10_000, round(1 / turns.ours.wall_median))
                section.at_most("searches, 99 of 100 within", 20, turns.median("p99") * 1e3, " ms")
            section.note(f"{title}: {turns.told()}")
        section.at_most("wrong answers", 0, wrong)
    section.versions = [f"PostgreSQL {machine.package('postgresql-15')}"]
    return section


def fill(postgres):
    postgres.run(
        "CREATE TABLE item(key int8 PRIMARY KEY, name text, size int8)",
        f"INSERT INTO item SELECT key, 'item ' || lpad(key::text, 8, '0'), key * 7 % 1000 FROM "
        f"generate_series(0, {ENTITIES - 1}) key",
        f"CREATE SEQUENCE keys START {ENTITIES} CACHE 100", "VACUUM ANALYZE item")


class Turns:
    """Both servers asked in turn, with what each query took."""

    def __init__(self, load, server, postgres, log, line, arguments):
        self.load, self.server, self.postgres = load, server, postgres
        self.log, self.line, self.arguments = log, line, arguments
        self.ours, self.theirs = Measured("Fovea", OURS), Measured("PostgreSQL, pgbench", INFORMATION)
        self.seen, self.their_quantiles = [], []

    def take(self, counts):
        """One round of each; returns how many answers were wrong until now."""
        before = self.server.cpu()
        got = self.load.ask(self.line)
        used = self.server.cpu() - before
        before = self.postgres.cpu()
        rate, count, latencies = self.postgres.pgbench(
            self.log, "-c", str(CONNECTIONS), "-j", "1", "-M", "simple", "--sampling-rate=0.1", *self.arguments)
        if counts:
            self.ours.wall.append(got["wall"] / got["count"])
            self.ours.cpu.append(used / got["count"])
            self.theirs.wall.append(1 / rate)
            self.theirs.cpu.append((self.postgres.cpu() - before) / count)
            self.seen.append(got)
            latencies.sort()
            self.their_quantiles.append([latencies[int(part * len(latencies))] for part in (0.5, 0.99)])
        return got["wrong"]

    def median(self, what):
        return statistics.median(one[what] for one in self.seen)

    def told(self):
        half, most = map(statistics.median, zip(*self.their_quantiles))
        client = statistics.median(one["cpu"] / one["count"] for one in self.seen)
        return (
            f"{1 / self.ours.wall_median:,.0f} a second, half within {number(self.median('p50') * 1e3)} ms, 99 of 100 "
            f"within {number(self.median('p99') * 1e3)} ms; the process that asks takes {number(client * 1e6)} µs of "
            f"CPU for each. PostgreSQL: {1 / self.theirs.wall_median:,.0f} a second, {number(half)} and "
            f"{number(most)} ms.")
