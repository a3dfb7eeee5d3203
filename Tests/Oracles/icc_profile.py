"""Prints what Pillow finds in an image: its size and mode, its profile's description, the profile in base64."""

import base64
import io
import sys

from PIL import Image, ImageCms

image = Image.open(sys.argv[1])
image.load()
profile = image.info["icc_profile"]
print(f"{image.width}x{image.height} {image.mode}")
print(ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile))).strip())
print(base64.b64encode(profile).decode())
