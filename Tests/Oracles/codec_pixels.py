"""Prints, for each image file named, the CRC-32 of its pixels as Pillow shows them, and width, height and mode.

usage: codec_pixels.py FILE...
"""

import sys
import zlib

import numpy as np
from PIL import Image, ImageOps

for path in sys.argv[1:]:
    image = ImageOps.exif_transpose(Image.open(path))
    image = image.convert("L" if image.mode == "L" else image.mode if image.mode == "RGBA" else "RGB")
    print(zlib.crc32(np.asarray(image).tobytes()), *image.size, image.mode)
