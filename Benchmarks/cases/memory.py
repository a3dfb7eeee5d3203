"""What a server holds on to, and what an ingest of large photographs takes."""

import json

from harness import machine, photographs
from harness.http import get
from harness.programs import run_program, Server
from harness.report import Section

ORDER = 70
PRODUCTS = {"fovea"}
MEGABYTE = 1e6
OPERATIONS = "thumbnail=256x256&encode=jpeg,quality=80"


def run(bench):
    fovea, repeats = bench.program("fovea"), 1 if bench.is_quick else 3
    sources, _ = photographs.originals(bench)
    small = photographs.copies(sources[:128], bench.scratch / "small", min(len(sources), 128))
    store = bench.scratch / "store"
    run_program([fovea, "init", "--store", store])
    run_program([fovea, "add", small, "--store", store])
    idle, busy = [], []
    for _ in range(repeats):
        with Server([fovea, "serve", "--store", store, "--http", "127.0.0.1:0", "--json"]) as server:
            address = json.loads(server.wait_until(server.first_line))["http"]
            get(address, "/ready")
            idle.append(server.memory())
            found = run_program(
                [fovea, "find", "{}", "--fields", "_uniqueid", "--limit", "0", "--json", "--store", store])
            for line in found.output.splitlines():
                get(address, f"/v1/entities/Image/{json.loads(line)['_uniqueid']}/pixels?{OPERATIONS}")
            busy.append(server.memory("VmHWM"))

    folder, files = photographs.large(bench)
    count = 16 if bench.is_quick else 104
    large = photographs.copies(folder.iterdir(), bench.scratch / "large", count)
    peaks = []
    python = [bench.python, "-B", bench.peers / "ingest.py"]
    for index in range(repeats):
        target = bench.scratch / f"large-{index}"
        run_program([fovea, "init", "--store", target])
        peaks.append(run_program([fovea, "add", large, "--store", target], watches_memory=True).peak)
        run_program(["rm", "-r", target])
    peer = run_program([*python, bench.scratch / "peer", large], watches_memory=True).peak

    section = Section(
        "Memory",
        f"Resident memory of `fovea serve` on a store of {len(list(small.iterdir()))} images, right after its start; "
        f"and the most that `fovea add` took for {count} photographs of 12 megapixels ({files}; copies with a comment "
        f"each). The largest of {repeats} runs.")
    section.at_most("idle server, resident MB", 60, max(idle) / MEGABYTE)
    section.at_most(f"ingest of {count} photographs of 12 megapixels, peak resident MB", 600, max(peaks) / MEGABYTE)
    section.floor = (
        f"a decoded photograph of 12 megapixels is 36 MB, and {machine.cores()} are decoded at once.")
    section.note(
        f"After the first thumbnail of each image the server had taken {max(busy) / MEGABYTE:.0f} MB at most. Python, "
        f"one process (see `ingest`), took {peer / MEGABYTE:.0f} MB for the large photographs.")
    return section
