"""Small models in OpenVINO's own format, made by its Python API, for the tests of Inference.

usage: tiny_models.py OPENVINO FOLDER

Each takes 1 × 3 × 2 × 4 and is written as FOLDER/NAME.xml with its weights in FOLDER/NAME.bin:
  classes   the mean of each channel, times 1, 2 and 3: 1 × 3
  mask      the input itself: a number for each of three classes
  ratio     each number divided by itself, which is no number for 0: 1 × 24
"""

import os
import sys

import numpy as np

sys.path.append(os.path.abspath(os.path.join(sys.argv[1], "..", "..")))

import openvino  # noqa: E402
from openvino import opset13 as ops  # noqa: E402


def save(name, build):
    image = ops.parameter([1, 3, 2, 4], np.float32, name="image")
    openvino.save_model(
        openvino.Model([build(image)], [image], name), os.path.join(sys.argv[2], f"{name}.xml"), compress_to_fp16=False)


save("classes", lambda image: ops.multiply(
    ops.reduce_mean(image, np.array([2, 3]), keep_dims=False), np.array([[1, 2, 3]], np.float32)))
save("mask", lambda image: ops.multiply(image, np.float32(1)))
save("ratio", lambda image: ops.reshape(ops.divide(image, image), np.array([1, 24]), special_zero=False))
