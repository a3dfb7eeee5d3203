"""What a server holds on to that looks through ten videos at a time."""

import json
import subprocess
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from harness import footage
from harness.http import get
from harness.programs import run_program, Server
from harness.report import Section

ORDER = 72
PRODUCTS = {"fovea"}
STREAMS, MEGABYTE = 10, 1e6
FRAMES = (10, 700, 1500)


def run(bench):
    fovea = bench.program("fovea")
    path, _ = footage.made(bench, "1080p, busy, GOP 250")
    folder, store = bench.scratch / "videos", bench.scratch / "store"
    folder.mkdir()
    for number in range(STREAMS):
        subprocess.run(
            ["ffmpeg", "-v", "error", "-i", path, "-c", "copy", "-metadata", f"comment={number}",
             folder / f"{number}.mp4"], check=True)
    run_program([fovea, "init", "--store", store])
    run_program([fovea, "add", folder, "--store", store])
    found = run_program(
        [fovea, "find", "{}", "--class", "Video", "--fields", "_uniqueid", "--limit", "0", "--json", "--store", store])
    videos = [json.loads(line)["_uniqueid"] for line in found.output.splitlines()]
    with Server([fovea, "serve", "--store", store, "--http", "127.0.0.1:0", "--json"]) as server, \
            ThreadPoolExecutor(STREAMS) as pool:
        address = json.loads(server.wait_until(server.first_line))["http"]
        get(address, "/ready")
        list(pool.map(lambda video: frames(address, video), videos))
        shown = server.memory("VmHWM")
        list(pool.map(lambda video: look_through(address, video), videos))
        peak = server.memory("VmHWM")
    section = Section(
        "Ten streams",
        f"The most resident memory of `fovea serve` that is asked for frames of {STREAMS} videos of 1920 × 1080 pixels "
        f"and {footage.SECONDS} seconds, {len(FRAMES)} of each, by {STREAMS} clients at a time, and is then told by as "
        "many to look through all of them for motion.")
    section.at_most(f"{STREAMS} streams of 1080p, peak resident MB", 1_000, peak / MEGABYTE)
    section.floor = "a decoder of H.264 holds up to 17 frames of 3.1 MB."
    section.note(f"After the frames it had taken {shown / MEGABYTE:.0f} MB at most.")
    return section


def frames(address, video):
    for frame in FRAMES:
        get(address, f"/v1/entities/Video/{video}/pixels?frame={frame}&encode=jpeg")


def look_through(address, video):
    request = urllib.request.Request(f"http://{address}/v1/entities/Video/{video}/motion", method="POST")
    with urllib.request.urlopen(request, timeout=600) as response:
        response.read()
