"""Vector indexes of others: `vectors.py NAME FOLDER DIMENSIONS METRIC`, one thread. Requests: as VectorsBenchmark's.

EFFORT is hnswlib's and HNSW's ef, IVF's nprobe.
"""

import importlib.metadata
import json
import sys
import time
from pathlib import Path

import numpy

name, folder, dimensions, metric = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
vectors = numpy.fromfile(folder / "vectors.f32", dtype=numpy.float32).reshape(-1, dimensions)
queries = numpy.fromfile(folder / "queries.f32", dtype=numpy.float32).reshape(-1, dimensions)
filters = {}


def rows_of(path):
    if path not in filters:
        filters[path] = numpy.fromfile(path, dtype=numpy.uint32)
    return filters[path]


def memory(line):
    text = Path("/proc/self/status").read_text()
    return int(text.partition(line)[2].split()[0]) * 1024


class Hnswlib:
    def __init__(self):
        import hnswlib
        self.about = f"hnswlib {importlib.metadata.version('hnswlib')}"
        self.index = hnswlib.Index(space="l2" if metric == "l2" else "ip", dim=dimensions)
        self.allowed = {}

    def build(self):
        self.index.init_index(max_elements=len(vectors), ef_construction=100, M=16, random_seed=1)
        self.index.set_num_threads(1)
        self.index.add_items(vectors, num_threads=1)

    def search(self, some, k, effort, path):
        self.index.set_ef(max(effort, k))
        if path == "-":
            return self.index.knn_query(some, k=k, num_threads=1)[0]
        if path not in self.allowed:
            allowed = numpy.zeros(len(vectors), dtype=bool)
            allowed[rows_of(path)] = True
            self.allowed[path] = allowed.tolist()
        return self.index.knn_query(some, k=k, num_threads=1, filter=self.allowed[path].__getitem__)[0]


class Faiss:
    """`flat` or `ivf`."""

    def __init__(self, kind):
        import faiss
        self.about = f"faiss-cpu {importlib.metadata.version('faiss-cpu')}"
        faiss.omp_set_num_threads(1)
        self.faiss, self.kind, self.selectors = faiss, kind, {}
        self.metric = faiss.METRIC_L2 if metric == "l2" else faiss.METRIC_INNER_PRODUCT

    def build(self):
        if self.kind == "flat":
            self.index = self.faiss.IndexFlat(dimensions, self.metric)
        else:
            lists = max(16, 4 * int(len(vectors) ** 0.5))
            self.quantizer = self.faiss.IndexFlat(dimensions, self.metric)
            self.index = self.faiss.IndexIVFFlat(self.quantizer, dimensions, lists, self.metric)
            self.index.cp.niter = 10
            self.index.train(vectors)
        self.index.add(vectors)

    def search(self, some, k, effort, path):
        arguments = {}
        if path != "-":
            if path not in self.selectors:
                bits = numpy.zeros((len(vectors) + 7) // 8 * 8, dtype=bool)
                bits[rows_of(path)] = True
                packed = numpy.packbits(bits, bitorder="little")
                # The selector refers to the bits and does not hold them.
                self.selectors[path] = self.faiss.IDSelectorBitmap(packed), packed
            arguments["sel"] = self.selectors[path][0]
        if self.kind == "ivf":
            parameters = self.faiss.SearchParametersIVF(nprobe=effort, **arguments)
        else:
            parameters = self.faiss.SearchParameters(**arguments)
        return self.index.search(some, k, params=parameters)[1]


def run(index, task):
    k, effort, path, count, way = task.split()
    some, k, effort = queries[:int(count)], int(k), int(effort)
    if way == "batch":
        return index.search(some, k, effort, path)
    return [index.search(some[place:place + 1], k, effort, path)[0] for place in range(len(some))]


def main():
    index = Hnswlib() if name == "hnswlib" else Faiss(name)
    print(json.dumps({"about": index.about}), flush=True)
    for line in sys.stdin:
        request, _, task = line.strip().partition(" ")
        if request == "memory":
            answer = {"own": memory("RssAnon:"), "files": memory("RssFile:")}
        elif request == "answers":
            answer = {"rows": [[int(row) for row in rows] for rows in run(index, task)]}
        else:
            wall, cpu = time.perf_counter(), time.process_time()
            items = 1
            if request == "build":
                index.build()
            else:
                items = len(run(index, task))
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            answer = {"items": items, "wall": wall, "cpu": cpu}
        print(json.dumps(answer), flush=True)


main()
