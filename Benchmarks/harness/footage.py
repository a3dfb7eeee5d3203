"""Videos whose motion is known: made once from photographs, and kept."""

import hashlib
import random
import subprocess

import cv2
import numpy

from harness import photographs

RATE = 25
SECONDS = 80
# When something goes through the picture, in seconds.
STILL = [(14.0, 20.0), (52.0, 58.0)]
BUSY = [(2.0, 18.0), (20.0, 37.0), (39.0, 55.0), (57.0, 78.0)]

# Width, height, bits a second, frames from keyframe to keyframe, motion.
KINDS = {
    "1080p, mostly still, GOP 25": (1920, 1080, 2_300_000, 25, STILL),
    "1080p, mostly still, GOP 250": (1920, 1080, 2_300_000, 250, STILL),
    "1080p, busy, GOP 250": (1920, 1080, 2_300_000, 250, BUSY),
    "640 × 360, mostly still, GOP 250": (640, 360, 500_000, 250, STILL),
    "640 × 360, busy, GOP 250": (640, 360, 500_000, 250, BUSY),
    "640 × 360, mostly still, GOP 12": (640, 360, 500_000, 12, STILL),
    "640 × 360, busy, GOP 12": (640, 360, 500_000, 12, BUSY),
}


def made(bench, kind):
    """The file of a kind, and for each of its frames whether something moves in it."""
    width, height, bits, group, moving = KINDS[kind]
    # The first number changes when pictures are made otherwise.
    key = hashlib.sha256(f"2 {kind} {KINDS[kind]} {SECONDS} {RATE}".encode()).hexdigest()[:12]
    path = bench.kept / f"footage-{key}.mp4"
    if not path.exists():
        bench.say(f"making footage, once: {kind}")
        new = path.with_suffix(".new.mp4")
        encoder = subprocess.Popen(
            ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{width}x{height}", "-r",
             str(RATE), "-i", "-", "-c:v", "libx264", "-preset", "veryfast", "-b:v", str(bits), "-g", str(group),
             "-keyint_min", str(group), "-sc_threshold", "0", "-pix_fmt", "yuv420p", new], stdin=subprocess.PIPE)
        for frame in frames(bench, width, height, moving):
            encoder.stdin.write(frame.tobytes())
        encoder.stdin.close()
        if encoder.wait():
            raise RuntimeError(f"ffmpeg could not make {kind}")
        new.rename(path)
    return path, [any(begin <= frame / RATE < end for begin, end in moving) for frame in range(SECONDS * RATE)]


def frames(bench, width, height, moving):
    """A photograph with the grain of a sensor, and a piece of another that goes from side to side."""
    order = random.Random(5)
    sources, _ = photographs.originals(bench)
    back, piece = (cv2.imread(str(path)) for path in order.sample(sources, 2))
    back = cv2.GaussianBlur(cv2.resize(back, (width, height)), (5, 5), 0)
    tall, wide = height // 5, width // 16
    piece = cv2.resize(piece, (wide, tall))
    grain = numpy.random.default_rng(7)
    # Sixteen pictures of grain, in turn and turned over: a new one for each frame would take an hour.
    noise = [grain.normal(0, 2, (height, width, 1)).astype(numpy.int8) for _ in range(16)]
    for frame in range(SECONDS * RATE):
        picture = back.astype(numpy.int16)
        now = frame / RATE
        for begin, end in moving:
            if begin <= now < end:
                # There and back every eight seconds.
                phase = (now - begin) / 8 % 2
                x = int((width - wide) * 0.9 * (phase if phase < 1 else 2 - phase) + width * 0.02)
                y = height // 2 + int(numpy.sin(now) * height / 8)
                picture[y:y + tall, x:x + wide] = piece
        picture += noise[order.randrange(16)][:, ::order.choice((1, -1))]
        yield numpy.clip(picture, 0, 255).astype(numpy.uint8)
