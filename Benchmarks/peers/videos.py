"""Reads frames of one video, round by round, with one of the peers, on one thread.

usage: videos.py TASK FILE

The tasks are the functions below. `FILE.frames` has the numbers of the frames that are read at random. CPU time is
that of this process and of the programs that it runs.
"""

import json
import os
import subprocess
import sys
import time


# MARK: - PyAV

def opened(path):
    container = av.open(path)
    stream = container.streams.video[0]
    stream.codec_context.thread_count = 1
    return container, stream


def av_decode(path):
    container, stream = opened(path)
    return sum(1 for _ in container.decode(stream))


def av_slice(path):
    container, stream = opened(path)
    return sum(1 for frame in container.decode(stream) if encoded(frame.to_ndarray(format="rgb24")))


def av_random(path, use=lambda pixels: pixels):
    """As PyAV's documentation has it: to the keyframe before the time, then on to the frame."""
    container, stream = opened(path)
    rate, numbers = stream.average_rate, wanted(path)
    for number in numbers:
        time_stamp = round(number / rate / stream.time_base) + (stream.start_time or 0)
        container.seek(time_stamp, stream=stream)
        for frame in container.decode(stream):
            if frame.pts >= time_stamp:
                use(frame.to_ndarray(format="rgb24"))
                break
    return len(numbers)


def av_random_jpeg(path):
    return av_random(path, encoded)


# MARK: - decord

def decord_decode(path):
    reader = decord.VideoReader(path, num_threads=1)
    return sum(1 for _ in range(len(reader)) if reader.next() is not None)


def decord_slice(path):
    reader = decord.VideoReader(path, num_threads=1)
    return sum(1 for _ in range(len(reader)) if encoded(reader.next().asnumpy()))


def decord_random(path):
    numbers = wanted(path)
    decord.VideoReader(path, num_threads=1).get_batch(numbers).asnumpy()
    return len(numbers)


# MARK: - FFmpeg's own program

def ffmpeg(path, *arguments):
    subprocess.run(["ffmpeg", "-v", "error", "-threads", "1", "-i", path, *arguments], check=True)
    return frame_count(path)


def ffmpeg_decode(path):
    return ffmpeg(path, "-f", "null", "-")


def ffmpeg_slice(path):
    return ffmpeg(path, "-threads", "1", "-q:v", "3", "-f", "image2pipe", "-c:v", "mjpeg", "/dev/null", "-y")


# MARK: - Run

def encoded(pixels):
    return simplejpeg.encode_jpeg(pixels, quality=85, colorspace="RGB", colorsubsampling="420")


def wanted(path):
    with open(path + ".frames") as file:
        return [int(line) for line in file]


def frame_count(path):
    with open(path + ".count") as file:
        return int(file.read())


TASKS = {name: function for name, function in list(globals().items())
         if callable(function) and name.partition("_")[0] in ("av", "decord", "ffmpeg") and "_" in name}

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in TASKS:
        sys.exit(f"usage: videos.py {'|'.join(TASKS)} FILE")
    library, work = sys.argv[1].partition("_")[0], TASKS[sys.argv[1]]
    about = [f"Python {sys.version.split()[0]}"]
    if library != "ffmpeg":
        import simplejpeg
        about.append(f"simplejpeg {simplejpeg.__version__}")
    if library == "av":
        import av
        about.append(f"PyAV {av.__version__}")
    if library == "decord":
        import decord
        about.append(f"decord {decord.__version__}")
    print(json.dumps({"about": ", ".join(about)}), flush=True)
    for line in sys.stdin:
        wall, cpu = time.perf_counter(), sum(os.times()[:4])
        items = work(sys.argv[2])
        print(json.dumps({"items": items, "wall": time.perf_counter() - wall, "cpu": sum(os.times()[:4]) - cpu}),
              flush=True)
