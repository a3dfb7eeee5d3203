"""Videos of 1920 × 1080 pixels to frames: all of them, as JPEGs, and a hundred at random."""

import random
import subprocess
from contextlib import ExitStack

from harness import machine
from harness.contest import INFORMATION, OURS, PEER, Worker
from harness.report import Section

ORDER = 25
PRODUCTS = {"VideoBenchmark"}
RATE, RANDOM_FRAMES = 25, 100


def run(bench):
    seconds = (4, 8) if bench.is_quick else (10, 60)
    short, long = (clip(bench, length) for length in seconds)
    section = Section(
        "Slice videos",
        f"H.264 of 1920 × 1080 pixels, {RATE} frames a second, a keyframe in 250 frames or fewer, three B-frames: "
        f"{seconds[0]} s to decode and to make JPEGs of (quality 85, 4:2:0), {seconds[1]} s of which {RANDOM_FRAMES} "
        "frames are read at random, as RGB. One thread; a round is the whole file.")
    decode = contest(bench, "decode", short, [
        (PEER, "PyAV", "av_decode"), (PEER, "decord", "decord_decode"), (INFORMATION, "ffmpeg", "ffmpeg_decode")])
    sliced = contest(bench, "slice", short, [
        (PEER, "PyAV + simplejpeg", "av_slice"), (PEER, "decord + simplejpeg", "decord_slice"),
        (INFORMATION, "ffmpeg, its own JPEG encoder", "ffmpeg_slice")])
    found = contest(bench, "random", long, [
        (PEER, "PyAV, seek and decode", "av_random"), (PEER, "decord, get_batch", "decord_random")], rounds=3)
    section.table("all frames decoded", "one frame", decode)
    section.table("all frames to JPEG", "one frame", sliced)
    section.table(f"{RANDOM_FRAMES} frames at random", "one frame", found)
    section.at_least("times the speed of PyAV, decoding, CPU time (1, less 3 % of noise)", 0.97,
                     decode[0].ratio(decode[1]), " ×")
    section.at_least("times the speed of PyAV + simplejpeg, slicing, CPU time", 1, sliced[0].ratio(sliced[1]), " ×")
    for row in found[1:]:
        section.at_least(f"times the speed of {row.name}, at random, CPU time", 5, found[0].ratio(row), " ×")
    section.versions = [f"FFmpeg {machine.package('libavcodec59')} (Fovea)"]
    section.versions += [row.about for row in decode + sliced + found]
    return section


def contest(bench, ours, path, others, rounds=None):
    contenders = [(OURS, "Fovea", f"fovea:{ours}"), *others]
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(name, command(bench, task, path), role))
                   for role, name, task in contenders]
        return bench.contest(workers, rounds=rounds)


def command(bench, task, path):
    if task.startswith("fovea:"):
        return [bench.program("VideoBenchmark"), task.removeprefix("fovea:"), path]
    return [bench.python, "-B", bench.peers / "videos.py", task, path]


def clip(bench, seconds):
    """A video in which all moves: a fractal that is zoomed into, with some of a camera's noise."""
    path = bench.scratch / f"{seconds}.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"mandelbrot=size=960x540:rate={RATE}:end_scale=0.02",
         "-vf", "scale=1920:1080:flags=bilinear,noise=alls=6:allf=t", "-t", str(seconds), "-c:v", "libx264", "-preset",
         "veryfast", "-bf", "3", "-g", "250", "-pix_fmt", "yuv420p", path], check=True)
    (path.with_name(path.name + ".count")).write_text(str(seconds * RATE))
    numbers = random.Random(3).sample(range(seconds * RATE), min(RANDOM_FRAMES, seconds * RATE))
    (path.with_name(path.name + ".frames")).write_text("".join(f"{number}\n" for number in numbers))
    return path
