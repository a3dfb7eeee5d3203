"""Ingests a folder of photographs as one would with the usual libraries, and as well as they let one.

usage: ingest.py STORE FOLDER [--processes N] [--statistics histogram|pixels]

Of each file: SHA-256, one full decode (upright), width and height, EXIF (time, camera, place), perceptual and
difference hash, histogram, mean and deviation of each channel. The bytes go to an append-only pack, what is
known to SQLite; files already there are left out. Every 256 files are made durable: the pack is synced, then
the transaction committed. With --processes the files are read and decoded by that many processes. Statistics
come from Pillow's histogram, which is the fastest way, or from the pixels by NumPy, which is the usual one.
"""

import argparse
import functools
import hashlib
import io
import json
import multiprocessing
import os
import sqlite3
from pathlib import Path

import imagehash
import numpy
from PIL import ExifTags, Image, ImageOps

GROUP = 256
VALUES = numpy.arange(256, dtype=numpy.float64)

SCHEMA = """
CREATE TABLE IF NOT EXISTS image (
  id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, path TEXT NOT NULL, pack_offset INTEGER NOT NULL,
  bytes INTEGER NOT NULL, format TEXT, width INTEGER, height INTEGER, channels INTEGER, phash TEXT, dhash TEXT,
  captured_at TEXT, camera_make TEXT, camera_model TEXT, latitude REAL, longitude REAL, mean TEXT, std TEXT,
  histogram BLOB, error TEXT)
"""
COLUMNS = ("sha256", "path", "pack_offset", "bytes", "format", "width", "height", "channels", "phash", "dhash",
           "captured_at", "camera_make", "camera_model", "latitude", "longitude", "mean", "std", "histogram", "error")
INSERT = f"INSERT INTO image ({', '.join(COLUMNS)}) VALUES ({', '.join(':' + name for name in COLUMNS)})"


def degrees(place, name):
    parts, reference = place.get(name), place.get(name - 1)
    if not parts or len(parts) != 3:
        return None
    value = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    return -value if reference in ("S", "W") else value


def statistics_from_histogram(image):
    """Mean, deviation and histogram of each channel."""
    counts = numpy.array(image.histogram(), numpy.float64).reshape(-1, 256)
    size = image.width * image.height
    mean = counts @ VALUES / size
    return mean, numpy.sqrt(counts @ VALUES**2 / size - mean**2), counts


def statistics_from_pixels(image):
    pixels = numpy.asarray(image).reshape(image.width * image.height, -1)
    counts = [numpy.bincount(pixels[:, channel], minlength=256) for channel in range(pixels.shape[1])]
    return pixels.mean(axis=0), pixels.std(axis=0), numpy.array(counts)


def facts(path, statistics):
    """All that is recorded of a file, without its bytes."""
    data = path.read_bytes()
    row = dict.fromkeys(COLUMNS)
    row.update(path=str(path), bytes=len(data), sha256=hashlib.sha256(data).digest())
    try:
        image = Image.open(io.BytesIO(data))
        row["format"] = image.format.lower()
        exif = image.getexif()
        if exif:
            detail, place = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
            row.update(
                camera_make=exif.get(ExifTags.Base.Make), camera_model=exif.get(ExifTags.Base.Model),
                captured_at=detail.get(ExifTags.Base.DateTimeOriginal),
                latitude=degrees(place, ExifTags.GPS.GPSLatitude),
                longitude=degrees(place, ExifTags.GPS.GPSLongitude))
            image = ImageOps.exif_transpose(image)
        if image.mode not in ("L", "RGB"):
            image = image.convert("RGB")
        mean, deviation, counts = statistics(image)
        row.update(
            width=image.width, height=image.height, channels=len(counts),
            phash=str(imagehash.phash(image)), dhash=str(imagehash.dhash(image)),
            mean=json.dumps(mean.tolist()), std=json.dumps(deviation.tolist()),
            histogram=counts.astype(numpy.uint32).tobytes())
    except Exception as error:  # a damaged file is kept, with what is wrong
        row["error"] = str(error)
    return row


class Store:
    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.pack = open(folder / "pack", "ab")
        self.database = sqlite3.connect(folder / "catalog.sqlite", isolation_level=None)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute("PRAGMA synchronous = FULL")
        self.database.execute(SCHEMA)
        self.known = {digest for digest, in self.database.execute("SELECT sha256 FROM image")}
        self.group = []

    def add(self, row):
        if row["sha256"] in self.known:
            return
        self.known.add(row["sha256"])
        row["pack_offset"] = self.pack.tell()
        # Read again, from memory as it was just read: cheaper than from one process to another.
        self.pack.write(Path(row["path"]).read_bytes())
        self.group.append(row)
        if len(self.group) >= GROUP:
            self.commit()

    def commit(self):
        self.pack.flush()
        os.fdatasync(self.pack.fileno())
        self.database.execute("BEGIN IMMEDIATE")
        self.database.executemany(INSERT, self.group)
        self.database.execute("COMMIT")
        self.group.clear()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("store", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--statistics", choices=["histogram", "pixels"], default="histogram")
    options = parser.parse_args()
    work = functools.partial(facts, statistics=globals()[f"statistics_from_{options.statistics}"])
    paths = sorted(path for path in options.folder.rglob("*") if path.is_file())
    store = Store(options.store)
    if options.processes > 1:
        with multiprocessing.Pool(options.processes) as pool:
            for row in pool.imap(work, paths, chunksize=8):
                store.add(row)
            pool.close()
            pool.join()
    else:
        for path in paths:
            store.add(work(path))
    store.commit()


if __name__ == "__main__":
    main()
