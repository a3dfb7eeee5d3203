"""Programs that ask servers as their users would, in processes of their own, and what both sides spend on it."""

import json
import statistics
import threading
import time
from dataclasses import dataclass, field

from harness.contest import ContenderFailed, Measured, Worker
from harness.programs import run_program, Server


def serve_store(bench, stack, store, *arguments):
    """Starts `fovea serve` over a store; VDMS's clients may do everything. Returns the server, and where it is
    reached: `wire` and `http`."""
    server = stack.enter_context(Server(
        [bench.program("fovea"), "serve", "--store", store, "--wire", "127.0.0.1:0", "--http", "127.0.0.1:0",
         "--anonymous-role", "admin", "--json", *arguments]))
    return server, json.loads(server.wait_until(server.first_line, patience=300))


def new_store(bench, store):
    run_program([bench.program("fovea"), "init", "--store", store])


def new_user(bench, store):
    """Adds a user who may do everything; returns name and token, with a colon between them."""
    fovea = bench.program("fovea")
    run_program([fovea, "user", "add", "bench", "--role", "admin", "--store", store])
    return "bench:" + run_program([fovea, "user", "token", "bench", "--store", store]).output.decode().strip()


@dataclass
class Way:
    """One way to ask: a client program, and the servers that work for it."""
    name: str
    role: str
    command: list
    servers: list
    about: str = ""
    figures: dict = field(default_factory=dict)  # `Measured` by question
    client_cpu: dict = field(default_factory=dict)
    bytes: dict = field(default_factory=dict)

    def open(self, stack):
        self.worker = stack.enter_context(Worker(self.name, self.command, self.role))
        self.about = self.worker.about
        return self

    def cpu(self):
        return sum(server.cpu() for server in self.servers)

    def ask(self, kind, question, counts=True, **options):
        """Asks one question; keeps what it took under `kind` where that `counts`. Returns the answer."""
        before = self.cpu()
        answer = self.worker.ask(json.dumps({**question, **options}))
        used = self.cpu() - before
        if "error" in answer:
            raise ContenderFailed(f"{self.name}: {kind}: {answer['error']}")
        if counts:
            self.keep(kind, answer["wall"], used, answer["cpu"])
            self.bytes.setdefault(kind, []).append(answer.get("bytes", 0))
        return answer

    def keep(self, kind, wall, server_cpu, client_cpu):
        row = self.figures.setdefault(kind, Measured(self.name, self.role))
        row.wall.append(wall)
        row.cpu.append(server_cpu)
        self.client_cpu.setdefault(kind, []).append(client_cpu)

    def client_share(self, kind):
        """Median seconds of CPU of the client's own process for one question."""
        return statistics.median(self.client_cpu[kind])


@dataclass
class Crowd:
    """Several processes of one way that ask at once, each a list of questions one after another."""
    way: Way
    count: int
    latencies: list = field(default_factory=list)
    rates: list = field(default_factory=list)

    def open(self, stack):
        self.workers = [
            stack.enter_context(Worker(f"{self.way.name} {index}", self.way.command)) for index in range(self.count)]
        return self

    def round(self, kind, lists, counts=True):
        answers = [None] * len(lists)

        def run(index):
            answers[index] = self.workers[index].ask(json.dumps({"many": lists[index]}))

        threads = [threading.Thread(target=run, args=(index,)) for index in range(len(lists))]
        before, begin = self.way.cpu(), time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wall, used = time.monotonic() - begin, self.way.cpu() - before
        for answer in answers:
            if answer is None or "error" in answer:
                raise ContenderFailed(f"{self.way.name}, {self.count} at once: {answer and answer['error']}")
        total = sum(len(one) for one in lists)
        if counts:
            self.way.keep(kind, wall / total, used / total, sum(one["cpu"] for one in answers) / total)
            self.latencies += [wall for one in answers for wall in one["walls"]]
            self.rates.append(total / wall)
        return [count for one in answers for count in one["counts"]]

    def quantile(self, part):
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))]

    @property
    def rate(self):
        return statistics.median(self.rates)
