"""Pictures and vectors made from seeds, and the files that hold them."""

import cv2
import numpy as np


def picture(seed, width=64, height=48):
    """Smooth colour with an edge, `height × width × 3`, RGB: no two seeds look alike, no flip changes nothing."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    planes = [127 + 100 * np.sin((x * (channel + 1) + seed * 17) / 19 + y / (11 + seed % 7)) for channel in range(3)]
    pixels = np.stack(planes, -1)
    pixels[: height // 3, : width // 4] = (20 + seed % 200, 200, 40)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def png(pixels):
    return cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))[1].tobytes()


def jpeg(pixels, quality=92):
    return cv2.imencode(
        ".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def decoded(file):
    """The pixels of a file as RGB, or a failed assertion."""
    pixels = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None, f"no image: {file[:16]!r}"
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


def vectors(seed, count, dimensions):
    """`count × dimensions` float32 in clusters, every row of another direction and length."""
    random = np.random.default_rng(seed)
    centers = random.normal(size=(max(2, count // 8), dimensions))
    rows = centers[random.integers(len(centers), size=count)] + random.normal(scale=0.3, size=(count, dimensions))
    return rows.astype(np.float32)


def squared_distances(rows, query):
    return ((rows.astype(np.float64) - query.astype(np.float64)) ** 2).sum(axis=1)


def cosines(rows, query):
    rows, query = rows.astype(np.float64), query.astype(np.float64)
    return rows @ query / (np.linalg.norm(rows, axis=1) * np.linalg.norm(query))
