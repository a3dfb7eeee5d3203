"""What Pillow, OpenCV, imagehash and NumPy make of images: expected values for the tests of Media's operations.

Reads from standard input a length (4 bytes, little-endian), as many bytes of JSON, and raw pixels. The JSON is a
list of jobs, each with `op`, the shape of its image (`height`, `width`, `channels`), which takes the next pixels,
and parameters. Writes for each job its shape (three 32-bit integers) and its bytes (length in 64 bits, then they).
"""

import io
import json
import struct
import sys

import cv2
import imagehash
import numpy as np
from PIL import Image

PILLOW = {
    "nearest": Image.Resampling.NEAREST,
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "hamming": Image.Resampling.HAMMING,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
OPENCV = {"linear": cv2.INTER_LINEAR, "area": cv2.INTER_AREA}


def resize(image, job):
    size = (job["to_width"], job["to_height"])
    if job["filter"] in OPENCV:
        return cv2.resize(image, size, interpolation=OPENCV[job["filter"]])
    return np.asarray(Image.fromarray(image).resize(size, PILLOW[job["filter"]], box=job.get("box")))


def rotate(image, job):
    fill = job.get("fill")
    turned = Image.fromarray(image).rotate(
        job["angle"],
        PILLOW[job["filter"]],
        expand=job["expand"],
        fillcolor=None if fill is None else fill[0] if image.ndim == 2 else tuple(fill[: image.shape[2]]),
    )
    return np.asarray(turned)


def gray(image, job):
    return np.asarray(Image.fromarray(image).convert("L"))


def threshold(image, job):
    return cv2.threshold(image, job["value"], job["value"], cv2.THRESH_TOZERO)[1]


def hashes(image, job):
    picture = Image.fromarray(image)
    found = [imagehash.phash(picture), imagehash.dhash(picture), imagehash.average_hash(picture)]
    return np.concatenate([np.packbits(h.hash.flatten()) for h in found])


def statistics(image, job):
    samples = image.reshape(-1, job["channels"]).astype(np.float64)
    return np.concatenate([samples.mean(axis=0), samples.std(axis=0)])


def tensor(image, job):
    samples = image.reshape(image.shape[0], image.shape[1], -1).astype(np.float64)
    values = ((samples * job["scale"] - np.array(job["mean"])) / np.array(job["std"])).astype(np.float32)
    return values.transpose(2, 0, 1) if job["planar"] else values


def png(image, job):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return np.frombuffer(file.getvalue(), np.uint8)


def jpeg(image, job):
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = job.get("orientation", 1)
    Image.fromarray(image).save(file, "JPEG", quality=job["quality"], exif=exif)
    return np.frombuffer(file.getvalue(), np.uint8)


def file_resize(image, job):
    """The image is the bytes of a file. With `draft` its decoder may leave out frequencies."""
    picture = Image.open(io.BytesIO(image.tobytes()))
    size = (job["to_width"], job["to_height"])
    if job["draft"]:
        picture.draft(None, size)
    return np.asarray(picture.convert(job["mode"]).resize(size, PILLOW[job["filter"]]))


def file_hashes(image, job):
    picture = Image.open(io.BytesIO(image.tobytes()))
    return np.concatenate([np.packbits(h.hash.flatten()) for h in (imagehash.phash(picture), imagehash.dhash(picture))])


JOBS = {
    f.__name__: f
    for f in (
        resize, rotate, gray, threshold, hashes, statistics, tensor, png, jpeg, file_resize, file_hashes,
    )
}


def main():
    (length,) = struct.unpack("<i", sys.stdin.buffer.read(4))
    jobs = json.loads(sys.stdin.buffer.read(length))
    for job in jobs:
        shape = (job["height"], job["width"], job["channels"])
        pixels = np.frombuffer(sys.stdin.buffer.read(shape[0] * shape[1] * shape[2]), np.uint8)
        image = pixels.reshape(shape[:2] if shape[2] == 1 else shape)
        result = np.ascontiguousarray(JOBS[job["op"]](image, job))
        sides = (list(result.shape) + [1, 1, 1])[:3]
        data = result.tobytes()
        sys.stdout.buffer.write(struct.pack("<iiiq", *sides, len(data)) + data)


main()
