"""Pixels that were made before, over HTTP."""

import json
from contextlib import ExitStack

from harness import machine, photographs
from harness.contest import Measured, OURS, PEER
from harness.http import Asked, free_port, get, take_turns
from harness.nginx import start_nginx
from harness.programs import run_program, Server
from harness.report import Section

ORDER = 60
PRODUCTS = {"fovea"}
# Some 10 kB each.
OPERATIONS = "thumbnail=256x256&encode=jpeg,quality=80"


def run(bench):
    sources, _ = photographs.originals(bench)
    folder = photographs.copies(sources[:128], bench.scratch / "photographs", min(len(sources), 128))
    fovea, store = bench.program("fovea"), bench.scratch / "store"
    run_program([fovea, "init", "--store", store])
    run_program([fovea, "add", folder, "--store", store])
    with ExitStack() as stack:
        ours = stack.enter_context(Server([fovea, "serve", "--store", store, "--http", "127.0.0.1:0", "--json"]))
        address = json.loads(ours.wait_until(ours.first_line))["http"]
        found = run_program([fovea, "find", "{}", "--fields", "_uniqueid", "--limit", "0", "--json", "--store", store])
        ids = [json.loads(line)["_uniqueid"] for line in found.output.splitlines()]
        paths = [f"/v1/entities/Image/{id}/pixels?{OPERATIONS}" for id in ids]

        nginx_folder = bench.scratch / "nginx"
        (nginx_folder / "files").mkdir(parents=True)
        names = [f"/{index}.jpg" for index in range(len(paths))]
        for path, name in zip(paths, names):
            (nginx_folder / "files" / name[1:]).write_bytes(get(address, path))
        nginx_address = f"127.0.0.1:{free_port()}"
        nginx = stack.enter_context(start_nginx(nginx_folder, nginx_address))
        different = sum(get(address, path) != get(nginx_address, name) for path, name in zip(paths, names))

        asked = []
        for server, place, lines, figures in [
                (ours, address, paths, Measured("Fovea, pixels from its cache", OURS)),
                (nginx, nginx_address, names, Measured(f"nginx, the same files, {machine.cores()} workers", PEER))]:
            file = bench.scratch / f"paths-{figures.role}"
            file.write_text("\n".join(lines) + "\n")
            asked.append(Asked(server, place, file, figures))
        take_turns(bench, asked, rounds=2 if bench.is_quick else 9, seconds=1 if bench.is_quick else 2)
        sizes = [path.stat().st_size for path in (nginx_folder / "files").iterdir()]

    section = Section(
        "Derived pixels from the cache",
        f"{len(paths)} thumbnails of {sum(sizes) / len(sizes) / 1e3:.1f} kB on average, made before and asked for in "
        f"turn over 32 connections on the loopback device. wrk asks, from the same {machine.cores()} cores; the CPU "
        "time is the server's alone.")
    section.table("", "one request", [one.figures for one in asked], scale=1e6, unit="µs")
    section.at_least("requests a second, wrk on the same cores", 15_000, round(asked[0].rate))
    section.at_most("answers that differ from the peer's", 0, different)
    section.floor = (
        f"nginx sends the same bytes from files at {asked[1].rate:,.0f} requests a second, knowing nothing of them; "
        "what is left of the machine is wrk's.")
    section.note(
        "99 of 100 requests were answered within "
        + ", ".join(f"{one.slowest:.1f} ms ({one.figures.name.partition(',')[0]})" for one in asked) + ".")
    section.versions = [f"nginx {machine.package('nginx-light')}", f"wrk {machine.package('wrk')}"]
    return section
