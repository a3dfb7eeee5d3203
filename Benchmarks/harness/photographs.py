"""The JPEG files that are measured: made once from real photographs, and kept."""

import hashlib
import io
import os
import random
import shutil
import subprocess
from pathlib import Path

from PIL import Image

# Of which kind of file a benchmark speaks: pixels, and bytes on average.
SMALL = (500, 375, 83_000)
LARGE = (4000, 3000, 3_500_000)


def originals(bench):
    """Photographs as they are, and where they come from: those of COCO128, else the demonstration's."""
    data = Path(os.environ.get("FOVEA_TEST_DATA", bench.root.parent / "shared"))
    for folder in (data / "data" / "coco128" / "images", data / "coco128" / "images"):
        found = sorted(folder.rglob("*.jpg"))
        if found:
            return found, "COCO128"
    subprocess.run([bench.root / "scripts" / "demo-data"], check=True, stdout=subprocess.DEVNULL)
    found = sorted((bench.root / ".tools" / "demo-data" / "photographs").rglob("*.jpg"))
    return [path for path in found if "damaged" not in path.parts], "scripts/demo-data"


def small(bench):
    """JPEGs of 500 × 375 and 375 × 500 pixels, 83 kB on average; returns the folder and what is in it."""
    def pictures(sources):
        for path in sources:
            with Image.open(path) as image:
                image = image.convert("RGB")
                size = SMALL[:2] if image.width >= image.height else SMALL[1::-1]
                yield covering(image, size)
    return made(bench, "small", SMALL[2], 128, pictures)


def large(bench):
    """JPEGs of 4000 × 3000 pixels, 3.5 MB on average, each pieced together from photographs at twice their
    size: enlarged further, they would hold less detail than a camera's, and decode faster."""
    def pictures(sources):
        order = random.Random(12)
        for _ in range(13):
            canvas, top = Image.new("RGB", LARGE[:2]), 0
            while top < LARGE[1]:
                left = 0
                while left < LARGE[0]:
                    with Image.open(order.choice(sources)) as tile:
                        tile = covering(tile.convert("RGB"), (1280, 960))
                    canvas.paste(tile, (left, top))
                    left += tile.width
                top += 960
            yield canvas
    return made(bench, "large", LARGE[2], 13, pictures)


def copies(folder, target, count):
    """Fills `target` with `count` files that differ: those of `folder` in turn, each with its own comment."""
    target.mkdir(parents=True)
    sources = [path.read_bytes() for path in sorted(folder)]
    for index in range(count):
        data = sources[index % len(sources)]
        comment = f"copy {index:08}".encode()
        segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        # Behind the SOI marker and, where there is one, the JFIF segment, which wants to be first.
        place = 4 + int.from_bytes(data[4:6], "big") if data[2:4] == b"\xff\xe0" else 2
        (target / f"{index:06}.jpg").write_bytes(data[:place] + segment + data[place:])
    return target


def mean_bytes(folder):
    sizes = [path.stat().st_size for path in folder.iterdir()]
    return sum(sizes) / len(sizes)


# MARK: - Making

def covering(image, size):
    """`image` resized and cut to `size`."""
    scale = max(size[0] / image.width, size[1] / image.height)
    width, height = round(image.width * scale), round(image.height * scale)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    return image.resize((width, height), Image.Resampling.LANCZOS).crop(
        (left, top, left + size[0], top + size[1]))


def encoded(image, quality):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def made(bench, name, wanted, most, pictures):
    """The folder `name` of encoded `pictures`, at the quality that comes nearest to `wanted` bytes each."""
    sources, origin = originals(bench)
    sources = sources[:most]
    key = hashlib.sha256(Path(__file__).read_bytes())
    for path in sources:
        key.update(f"{path.name} {path.stat().st_size}".encode())
    folder = bench.kept / f"{name}-{key.hexdigest()[:12]}"
    if not folder.exists():
        bench.say(f"making the {name} photographs, once")
        for old in bench.kept.glob(f"{name}-*"):
            shutil.rmtree(old)
        images = list(pictures(sources))
        sample = images[:: max(1, len(images) // 12)]
        low, high = 40, 99
        while low < high:
            middle = (low + high) // 2
            size = sum(len(encoded(image, middle)) for image in sample) / len(sample)
            low, high = (middle + 1, high) if size < wanted else (low, middle)
        temporary = bench.kept / f"{name}.new"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        for index, image in enumerate(images):
            (temporary / f"{index:03}.jpg").write_bytes(encoded(image, low))
        temporary.rename(folder)
    count = sum(1 for _ in folder.iterdir())
    return folder, f"{count} JPEG files made from {origin}, {mean_bytes(folder) / 1e3:,.0f} kB on average"
