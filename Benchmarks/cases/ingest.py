"""A folder of photographs into a store, durable."""

import json
import os
import platform
import sqlite3
import time

from harness import machine, photographs
from harness.contest import INFORMATION, Measured, OURS, PEER, Worker
from harness.programs import run_program
from harness.report import Section

ORDER = 50
PRODUCTS = {"fovea", "MediaBenchmark"}


def run(bench):
    sources, origin = photographs.originals(bench)
    count = 96 if bench.is_quick else 384
    folder = photographs.copies(sources[:128], bench.scratch / "photographs", count)
    total = sum(path.stat().st_size for path in folder.iterdir())
    fovea, script = bench.program("fovea"), bench.peers / "ingest.py"
    cores, python = machine.cores(), [bench.python, "-B", script]

    def add_with_fovea(target):
        run_program([fovea, "init", "--store", target])
        return run_program([fovea, "add", folder, "--store", target])

    def add_with_python(*arguments):
        return lambda target: run_program([*python, target, folder, *arguments])

    contenders = [
        (Measured(f"fovea add, {cores} threads", OURS), add_with_fovea),
        (Measured("Python, one process", PEER), add_with_python()),
        (Measured(f"Python, {cores} processes", PEER), add_with_python("--processes", str(cores))),
        (Measured("Python, one process, statistics by NumPy", INFORMATION), add_with_python("--statistics", "pixels")),
    ]
    hashes, disk = {}, []
    # Seven rounds and not eleven: one takes long. None is left out, as nothing is kept warm between them.
    for index in range(2 if bench.is_quick else 7):
        for number, (figures, ingest) in enumerate(contenders):
            target = bench.scratch / f"store-{index}-{number}"
            done = ingest(target)
            figures.wall.append(done.wall / count)
            figures.cpu.append(done.cpu / count)
            if index == 0:
                hashes[figures.name] = hashes_in(fovea, target)
            run_program(["rm", "-r", target])
        disk.append(write_speed(bench.scratch / "disk", total))
    with Worker("decode", [bench.program("MediaBenchmark"), "decode", folder]) as worker:
        decode = bench.contest([worker], rounds=3)[0].cpu_median

    ours, single, several, usual = (figures for figures, _ in contenders)
    section = Section(
        "Ingest",
        f"`fovea add` of {count} photographs, {total / count / 1e3:.0f} kB on average, made from {origin} (copies "
        "with a comment each, so that no two are alike), into an empty store: read, SHA-256, decode, EXIF, both "
        "hashes, statistics, bytes and rows durable. The peer does the same with Pillow, imagehash, NumPy, hashlib "
        "and sqlite3; it takes its statistics from Pillow's histogram, which is far faster than the usual `mean` "
        "and `std` of NumPy in the last row.")
    section.table("", "one photograph, the program's start and end included", [figures for figures, _ in contenders])
    for peer in (single, usual):
        for what, of in (("wall", "wall"), ("CPU time", "cpu")):
            section.at_least(f"times the speed of {peer.name}, {what}", 4, ours.ratio(peer, of), " ×")
    section.at_least(f"times the speed of {several.name}, wall", 1, ours.ratio(several, "wall"), " ×")
    different = sum(hashes[ours.name].get(path) != pair for path, pair in hashes[single.name].items())
    section.at_most(f"photographs, of {count}, whose hashes differ from the peer's", 0,
                    max(different, abs(len(hashes[ours.name]) - count)))
    section.floor = (
        f"the bare decode of each photograph takes {decode * 1e3:.2f} ms of CPU ({decode * 1e3 / cores:.2f} ms of wall "
        f"on {cores} cores); its bytes, written in one go and synced, {min(disk) / count * 1e3:.2f} ms. "
        f"A program that did nothing but decode would be {single.cpu_median / decode:.2f} times the speed of "
        f"{single.name} in CPU time.")
    section.versions = [f"Python {platform.python_version()}"] + [
        f"{name} {machine.python(name)}" for name in ("Pillow", "ImageHash", "NumPy")] + [
        f"SQLite {sqlite3.sqlite_version}"]
    return section


def hashes_in(fovea, store):
    """Both hashes of each image by the name of its file."""
    if (store / "pack").exists():
        rows = sqlite3.connect(store / "catalog.sqlite").execute("SELECT path, phash, dhash FROM image")
        return {os.path.basename(path): (phash, dhash) for path, phash, dhash in rows}
    found = run_program(
        [fovea, "find", "{}", "--fields", "path,phash,dhash", "--limit", "0", "--json", "--store", store])
    entities = [json.loads(line) for line in found.output.splitlines()]
    return {os.path.basename(entity["path"]): (entity["phash"], entity["dhash"]) for entity in entities}


def write_speed(path, count):
    """Seconds for `count` bytes into a new file, synced."""
    data = os.urandom(1 << 20)
    begin = time.monotonic()
    with open(path, "wb") as file:
        for _ in range(count >> 20):
            file.write(data)
        file.flush()
        os.fdatasync(file.fileno())
    took = time.monotonic() - begin
    path.unlink()
    return took
