"""The collection of tagged images that `CatalogBenchmark prepare` makes, and questions about it."""

import random
from bisect import bisect

from harness import photographs
from harness.programs import run_program

TAGS, COUNTRIES, PICTURES = 1_570, 150, 2_000

# Beside the tables and indexes of Catalog/LoadedTables.swift: names of tags, and what lets PostgreSQL answer from
# indexes alone.
NAMES = [
    "CREATE TABLE tags(id int4 PRIMARY KEY, name text NOT NULL UNIQUE)",
    f"INSERT INTO tags SELECT id, 'tag-' || lpad(id::text, 4, '0') FROM generate_series(0, {TAGS - 1}) id",
]
COVERING = [
    "CREATE INDEX ON images(id) INCLUDE (path, owner, camera, width, height, quality)",
    "CREATE INDEX ON tagged(dst, prob) INCLUDE (src)",
    "CREATE INDEX ON tagged(prob) INCLUDE (dst, src)",
    "VACUUM ANALYZE images", "VACUUM ANALYZE tagged", "VACUUM ANALYZE tags",
]


def prepare(bench, images):
    """Makes a store in the scratch folder, files for PostgreSQL beside it, and the pictures both know."""
    sources, origin = photographs.small(bench)
    pictures = photographs.copies(sorted(sources.iterdir()), bench.scratch / "nginx" / "files",
                                  PICTURES // 10 if bench.is_quick else PICTURES)
    run_program([bench.program("CatalogBenchmark"), "prepare", bench.scratch, "--images", images,
                 "--pictures", pictures])
    return pictures, origin


def fill(postgres, folder):
    """Fills PostgreSQL's tables from the files that `prepare` left in `folder`."""
    copies = [f"COPY {table} FROM '{folder / table}.copy' (FORMAT binary)" for table in ("images", "tagged")]
    indexes = (folder / "indexes.sql").read_text().strip().rstrip(";").split(";\n")
    postgres.run((folder / "tables.sql").read_text(), *copies, *NAMES, *indexes, *COVERING)


class Questions:
    """Draws questions; what was drawn before does not come again."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.sums = []
        for rank in range(1, COUNTRIES + 1):
            self.sums.append((self.sums[-1] if self.sums else 0) + 1 / rank)

    def probability(self):
        return round(self.random.uniform(0.6, 0.9), 4)

    def box(self):
        """South, north, west, east: around a country, those with many images more often."""
        country = bisect(self.sums, self.random.uniform(0, self.sums[-1]))
        south, west = country * 37 % 120 - 55, country * 89 % 340 - 170
        height, width = self.random.uniform(2, 8), self.random.uniform(3, 12)
        return [round(edge, 3) for edge in (south - height, south + height, west - width, west + width)]

    def rows(self, *ranks, box=False):
        """Images with a tag of each of these ranges of ranks, counted from the most frequent, 1."""
        tags = set()
        while len(tags) < len(ranks):
            tags = {self.random.randint(*rank) - 1 for rank in ranks}
        return {"kind": "rows", "tags": [f"tag-{tag:04}" for tag in sorted(tags)],
                "probability": self.probability(), "box": self.box() if box else None}

    def facet(self, box=False):
        return {"kind": "facet", "probability": self.probability(), "box": self.box() if box else None}

    def pictures(self, size, files):
        """Some images of a tag in the middle, as arrays of pixels."""
        return {"kind": "pictures", "tags": [f"tag-{self.random.randint(30, 300):04}"], "size": size, "files": files,
                "probability": self.probability()}
