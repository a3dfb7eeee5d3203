"""Sets of vectors beside hnswlib and FAISS: how they are made, and what is measured of them."""

from contextlib import ExitStack

from harness.contest import Measured, OURS, PEER, Worker
K, WANTED = 10, 0.95
EFFORTS = [10, 12, 16, 20, 24, 32, 40, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024]
PROBES = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024]


def clustered(folder, count, dimensions, latent, clusters, seed):
    """Vectors of length 1 around centres, in a space of fewer dimensions, and queries of the same kind."""
    import numpy
    random = numpy.random.default_rng(seed)
    turn = random.standard_normal((latent, dimensions), dtype=numpy.float32) / latent ** 0.5
    centres = random.standard_normal((clusters, latent), dtype=numpy.float32) * 1.5

    def make(count, name):
        which = random.integers(0, clusters, count)
        points = (centres[which] + random.standard_normal((count, latent), dtype=numpy.float32)) @ turn
        points += 0.05 * random.standard_normal((count, dimensions), dtype=numpy.float32)
        points /= numpy.linalg.norm(points, axis=1, keepdims=True)
        points.astype(numpy.float32).tofile(folder / name)
        return which

    which = make(count, "vectors.f32")
    make(1_000, "queries.f32")
    for percent in (1, 10):
        rows = numpy.nonzero(random.random(count) < percent / 100)[0]
        rows.astype(numpy.uint32).tofile(folder / f"random-{percent}.u32")
        rows = numpy.nonzero(which < clusters * percent / 100)[0]
        rows.astype(numpy.uint32).tofile(folder / f"correlated-{percent}.u32")


def independent(folder, count, dimensions, seed):
    """The hard set: numbers that have nothing to do with each other."""
    import numpy
    random = numpy.random.default_rng(seed)
    for rows, name in ((count, "vectors.f32"), (1_000, "queries.f32")):
        random.standard_normal((rows, dimensions), dtype=numpy.float32).tofile(folder / name)


def recall(found, truth):
    return sum(len(set(a[:K]) & set(b)) for a, b in zip(found, truth)) / sum(len(b) for b in truth)


class Collection:
    """One set of vectors, the contenders that hold it open, and what is known of them."""

    def __init__(self, bench, stack, section, title, folder, dimensions, metric, goals):
        self.bench, self.section, self.title, self.goals = bench, section, title, goals
        self.folder = folder
        arguments = [folder, dimensions, metric]
        python = [bench.python, bench.peers / "vectors.py"]
        self.ours = stack.enter_context(Worker("Fovea", [bench.program("VectorsBenchmark"), *arguments], OURS))
        self.hnswlib, self.ivf, self.flat = (
            stack.enter_context(Worker(name, [*python, kind, *arguments], PEER))
            for name, kind in (("hnswlib", "hnswlib"), ("FAISS IVF", "ivf"), ("FAISS flat", "flat")))
        section.versions = [worker.about for worker in (self.hnswlib, self.ivf)]

    def tuned(self, worker, filter_path, count, way, truth):
        """The least effort that finds what is wanted, with the recall it has; the most where none does."""
        for effort in PROBES if worker is self.ivf else EFFORTS:
            task = f"{K} {effort} {filter_path} {count} {way}"
            part = recall(worker.ask(f"answers {task}")["rows"], truth)
            if part >= WANTED:
                break
        return task, effort, part

    def compare(self, what, workers, filter_path="-", count=1_000, way="batch", rounds=None, exact=False, peer=None):
        """Lets contenders take turns at equal recall; returns how many times as long the best peer took, or `peer`."""
        truth = self.flat.ask(f"answers {K} 0 {filter_path} {count} {way}")["rows"]
        tasks = {}
        for worker in workers:
            if exact:
                tasks[worker] = (f"{K} 0 {filter_path} {count} {way}", 0, 1.0)
            else:
                tasks[worker] = self.tuned(worker, filter_path, count, way, truth)
        rows = [Measured(self.label(worker, tasks[worker]), worker.role) for worker in workers]
        for index in range((rounds or self.bench.rounds) + 1):
            for worker, row in zip(workers, rows):
                answer = worker.ask(f"round {tasks[worker][0]}")
                if index:
                    row.wall.append(answer["wall"] / answer["items"])
                    row.cpu.append(answer["cpu"] / answer["items"])
        self.section.table(f"{self.title}: {what}", "one query", rows, 1e6, "µs")
        good = [row for row, worker in zip(rows[1:], workers[1:])
                if tasks[worker][2] >= WANTED and peer in (None, worker)]
        return min((rows[0].ratio(row) for row in good), default=None)

    @staticmethod
    def label(worker, task):
        _, effort, part = task
        return f"{worker.name}, exact" if effort == 0 else f"{worker.name}, {effort} (recall {part:.3f})"

    def goal(self, name, ratio, peer="the best peer"):
        if ratio is not None and name in self.goals:
            self.section.at_least(
                f"{self.title}, {name}: times the speed of {peer}, CPU time", self.goals[name], ratio, " ×")

    def measure(self, filters=True):
        say = self.bench.say
        say(f"{self.title}: building")
        self.flat.ask("build")
        flats = 64
        for name, count, way in (("one", 16, "single"), ("batch", flats, "batch")):
            self.goal(f"flat floats, {name}", self.compare(
                f"exact scan of floats, {name}", [self.ours, self.flat], count=count, way=way, rounds=3, exact=True))
        before = {worker: worker.ask("memory")["own"] for worker in (self.ours, self.hnswlib)}
        took = {worker: worker.ask("build") for worker in (self.ours, self.hnswlib, self.ivf)}
        ours = took[self.ours]["cpu"]
        self.section.note(
            f"{self.title}, CPU seconds to build: Fovea {ours:.1f}, hnswlib {took[self.hnswlib]['cpu']:.1f}, "
            f"FAISS IVF {took[self.ivf]['cpu']:.1f}.")
        if "build" in self.goals:
            self.section.at_most(
                f"{self.title}, of hnswlib's CPU time to build", self.goals["build"],
                ours / took[self.hnswlib]["cpu"])
        for name, count, way in (("one", 64, "single"), ("batch", flats, "batch")):
            self.goal(f"exact by codes, {name}", self.compare(
                f"exact scan by way of codes, {name}", [self.ours, self.flat], count=count, way=way, rounds=3,
                exact=True))
        say(f"{self.title}: walking")
        self.goal("unfiltered", self.compare(
            "unfiltered", [self.ours, self.hnswlib, self.ivf], peer=self.hnswlib), "hnswlib")
        grown = {worker: worker.ask("memory")["own"] - before[worker] for worker in before}
        self.section.note(
            f"{self.title}, memory of its own that came with the graph: Fovea {grown[self.ours] / 1e6:.0f} MB "
            f"(the floats stay in their file), hnswlib {grown[self.hnswlib] / 1e6:.0f} MB.")
        if "memory" in self.goals:
            self.section.at_most(
                f"{self.title}, of hnswlib's memory", self.goals["memory"], grown[self.ours] / grown[self.hnswlib])
        for kind in ("random", "correlated") if filters else ():
            for percent in (1, 10):
                say(f"{self.title}: {kind} {percent} %")
                workers = [self.ours, self.ivf, self.flat]
                # Elsewhere hnswlib calls Python tens of thousands of times a query.
                if kind == "random" and percent == 10:
                    workers.insert(1, self.hnswlib)
                self.goal(f"filter of {percent} %, {kind}", self.compare(
                    f"filter of {percent} %, {kind}", workers, self.folder / f"{kind}-{percent}.u32", 100, "single",
                    5))


QUESTION = (
    f"The {K} nearest, queries that are not in the set, one thread; each contender with the least effort that finds "
    f"{WANTED:.0%} of them (M = 16, ef at construction 100). Filters are looked at one query at a time; FAISS gets "
    "them as bitmaps, hnswlib as a function in Python, the only way it has.")
FILTERS_OF_1 = {"filter of 1 %, random": 5, "filter of 1 %, correlated": 5}
SCANS = {"flat floats, one": 1, "flat floats, batch": 1, "exact by codes, one": 4, "exact by codes, batch": 3}


def measure(bench, section, title, make, dimensions, metric, goals, has_filters=True):
    """Makes a set and measures all contenders on it."""
    folder = bench.scratch / title.partition(",")[0].replace(" ", "")
    folder.mkdir()
    make(folder)
    with ExitStack() as stack:
        Collection(bench, stack, section, title, folder, dimensions, metric, goals).measure(has_filters)
