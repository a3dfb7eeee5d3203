"""Sets of vectors beside hnswlib and FAISS: walks and scans, unfiltered and within filters."""

from harness import vectors
from harness.report import Section

ORDER = 90
PRODUCTS = {"VectorsBenchmark"}


def run(bench):
    section = Section("Vectors", vectors.QUESTION)
    if bench.is_quick:
        vectors.measure(
            bench, section, "20k × 64", lambda folder: vectors.clustered(folder, 20_000, 64, 16, 100, 1), 64,
            "innerProduct", {})
        return section
    vectors.measure(
        bench, section, "100k × 512", lambda folder: vectors.clustered(folder, 100_000, 512, 32, 100, 1), 512,
        "innerProduct",
        {**vectors.FILTERS_OF_1, **vectors.SCANS, "unfiltered": 2.5, "build": 0.65, "filter of 10 %, random": 1.75,
         "filter of 10 %, correlated": 1.75})
    vectors.measure(
        bench, section, "hard, 100k × 64, squared distance", lambda folder: vectors.independent(folder, 100_000, 64, 3),
        64, "l2", {}, has_filters=False)
    return section
