"""Filters, facets, tags, loading and writing: the catalog beside PostgreSQL."""

import json

from harness import machine
from harness.contest import Measured
from harness.programs import run_program
from harness.report import Section

ORDER = 70
PRODUCTS = {"CatalogBenchmark"}
IMAGES = 1_000_000


def run(bench):
    # Columns of fewer images than a tenth of a million are built while the first query waits.
    images = IMAGES // 5 if bench.is_quick else IMAGES
    # PostgreSQL refuses to run as root: its own user must be able to enter the folder.
    bench.scratch.chmod(0o755)
    findings = bench.scratch / "findings.json"
    command = [bench.program("CatalogBenchmark"), "run", bench.scratch, "--images", images, "--findings", findings]
    if bench.is_quick:
        command += ["--draws", 3, "--loads", 1]
    for line in run_program(command).output.decode().splitlines():
        bench.say(line)
    found = json.loads(findings.read_text())

    section = Section(
        "The catalog beside PostgreSQL",
        f"A collection of {images / 1e6:g} million images with 12 properties and five tags each, with probabilities, "
        "in Fovea's catalog and in PostgreSQL on the same disk. Conditions are drawn anew for every answer, both "
        "answer in turn, and the answers are compared: counts always, facets value by value, ids for some. Fovea is "
        "asked in process, PostgreSQL through libpq on a Unix socket; its CPU time is that of the server with its "
        "workers. Of two forms of the SQL with facets the one that is quicker is measured; for sets of ids "
        "PostgreSQL sends their number alone.")
    for table in found["tables"]:
        rows = [Measured(row["name"], row["role"], row["wall"], row["cpu"]) for row in table["rows"]]
        section.table(table["title"], table["item"], rows, scale=table["scale"], unit=table["unit"])
    for check in found["checks"]:
        put = section.at_most if check["kind"] == "at_most" else section.at_least
        put(check["text"], check["wanted"], check["got"], check["unit"])
    for note in found["notes"]:
        section.note(note)
    section.versions = [f"PostgreSQL {machine.package('postgresql-15')}"]
    return section
