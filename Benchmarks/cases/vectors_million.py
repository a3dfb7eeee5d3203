"""A million vectors beside hnswlib and FAISS."""

from harness import vectors
from harness.report import Section

ORDER = 91
PRODUCTS = {"VectorsBenchmark"}


def run(bench):
    section = Section("A million vectors", vectors.QUESTION)
    count, clusters = (30_000, 100) if bench.is_quick else (1_000_000, 1_000)
    vectors.measure(
        bench, section, f"{count:,} × 128", lambda folder: vectors.clustered(folder, count, 128, 24, clusters, 2), 128,
        "innerProduct",
        {} if bench.is_quick else {
            **vectors.FILTERS_OF_1, **vectors.SCANS, "unfiltered": 2.5, "build": 0.65, "memory": 0.5,
            "filter of 10 %, random": 3.5, "filter of 10 %, correlated": 3.5})
    return section
