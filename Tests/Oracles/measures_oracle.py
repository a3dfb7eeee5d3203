"""What NumPy, OpenCV and Pillow measure of pictures: expected values for the tests of Media's measures.

usage: measures_oracle.py IMAGE…

Prints a JSON line for each image: the mean and the deviation of luma, the variance of the Laplacian, the part of each
colour, the mean squared gradient by Sobel, and the noise by Immerkær's formula. The formulas are written from
docs/labelling.md.
"""

import json
import sys

import cv2
import numpy as np
from PIL import Image

PALETTE = np.array([
    (0, 0, 0), (255, 255, 255), (128, 128, 128), (220, 20, 30), (255, 140, 0), (255, 225, 25), (40, 150, 50),
    (0, 200, 220), (20, 70, 210), (130, 40, 170), (255, 150, 190), (120, 70, 30),
])
NAMES = "black white gray red orange yellow green cyan blue purple pink brown".split()
MASK = np.array([(1, -2, 1), (-2, 4, -2), (1, -2, 1)], float)


def shrunk(pixels, side):
    height, width = pixels.shape[:2]
    longest = max(height, width)
    if longest <= side:
        return pixels
    size = [max(1, int(np.floor(length * side / longest + 0.5))) for length in (width, height)]
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


for path in sys.argv[1:]:
    image = Image.open(path)
    gray = np.asarray(image.convert("L"))
    small = shrunk(gray, 512)
    gradient = (cv2.Sobel(small, cv2.CV_64F, 1, 0) ** 2 + cv2.Sobel(small, cv2.CV_64F, 0, 1) ** 2).mean()
    height, width = gray.shape
    noise = 0.0
    if min(height, width) > 2:
        second = cv2.filter2D(gray, cv2.CV_64F, MASK)[1:-1, 1:-1]
        noise = np.sqrt(np.pi / 2) * np.abs(second).sum() / (6 * (width - 2) * (height - 2))
    laplacian = cv2.Laplacian(shrunk(gray, 512), cv2.CV_64F, ksize=1)
    pixels = shrunk(np.asarray(image.convert("RGB")), 128).reshape(-1, 3).astype(int)
    nearest = ((pixels[:, None, :] - PALETTE[None]) ** 2).sum(axis=2).argmin(axis=1)
    parts = np.bincount(nearest, minlength=len(NAMES)) / len(pixels)
    print(json.dumps([
        gray.mean() / 255, gray.std() / 255, laplacian.var(),
        {name: part for name, part in zip(NAMES, parts) if part > 0}, gradient, noise,
    ]))
