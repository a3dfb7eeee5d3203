"""What OpenVINO's Python API and decoders in NumPy find in images: expected values for the tests of Inference.

usage: detection_oracle.py OPENVINO KIND MODEL IMAGE…

OPENVINO is the folder of OpenVINO's library, which lies in its Python package. Prints a JSON line for each image: a
list of [class, confidence, left, top, right, bottom], the most confident first. The decoders are written from the
models' descriptions, and share nothing with Fovea's; images are read by Pillow and resized by OpenCV.
"""

import json
import os
import sys

import cv2
import numpy as np
from PIL import Image, ImageOps

sys.path.append(os.path.abspath(os.path.join(sys.argv[1], "..", "..")))

import openvino  # noqa: E402


def iou(box, others):
    left, top = np.maximum(box[:2], others[:, :2]).T
    right, bottom = np.minimum(box[2:], others[:, 2:]).T
    common = np.clip(right - left, 0, None) * np.clip(bottom - top, 0, None)
    area = (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
    return common / np.maximum((box[2] - box[0]) * (box[3] - box[1]) + area - common, 1e-300)


def suppressed(classes, scores, boxes, threshold):
    order, kept = list(np.argsort(-scores, kind="stable")), []
    while order:
        first = order.pop(0)
        kept.append(first)
        order = [
            other for other in order
            if classes[other] != classes[first] or iou(boxes[first], boxes[other:other + 1])[0] <= threshold
        ]
    return kept[:300]


def finished(classes, scores, boxes, size, threshold, scale, offset=(0, 0)):
    """What is left, in the image, as rows."""
    rows = []
    for index in suppressed(classes, scores, boxes, threshold):
        box = (boxes[index] - np.tile(offset, 2)) / scale
        box = np.clip(box, 0, np.tile(size, 2))
        if box[2] > box[0] and box[3] > box[1]:
            rows.append([int(classes[index]), float(scores[index]), *map(float, box)])
    return rows


def letterboxed(rgb, side, pad, centred):
    height, width = rgb.shape[:2]
    ratio = min(side / height, side / width)
    inner = (int(width * ratio), int(height * ratio))
    canvas = np.full((side, side, 3), pad, np.uint8)
    left, top = ((side - inner[0]) // 2, (side - inner[1]) // 2) if centred else (0, 0)
    resized = cv2.resize(rgb, inner, interpolation=cv2.INTER_LINEAR)
    canvas[top:top + inner[1], left:left + inner[0]] = resized
    return canvas, ratio, (left, top)


def yolox(model, rgb):
    canvas, ratio, _ = letterboxed(rgb, 416, 114, False)
    out = model(canvas[None, :, :, ::-1].transpose(0, 3, 1, 2).astype(np.float32))[0][0].astype(np.float64)
    grids, strides = [], []
    for stride in (8, 16, 32):
        side = 416 // stride
        y, x = np.mgrid[:side, :side]
        grids.append(np.stack([x.ravel(), y.ravel()], 1))
        strides.append(np.full((side * side, 1), stride))
    grids, strides = np.concatenate(grids), np.concatenate(strides)
    centre, size = (out[:, :2] + grids) * strides, np.exp(out[:, 2:4]) * strides
    classes, scores = out[:, 5:].argmax(1), out[:, 4] * out[:, 5:].max(1)
    chosen = scores > 0.25
    boxes = np.concatenate([centre - size / 2, centre + size / 2], 1)
    return finished(classes[chosen], scores[chosen], boxes[chosen], rgb.shape[1::-1], 0.45, ratio)


def centerface(model, rgb):
    canvas, ratio, _ = letterboxed(rgb, 640, 0, False)
    answer = model(canvas[None].transpose(0, 3, 1, 2).astype(np.float32))
    heat, size, offset, _ = (output[0].astype(np.float64) for output in answer.values())
    rows, columns = np.where(heat[0] > 0.4)
    scores = heat[0][rows, columns]
    height, width = np.exp(size[:, rows, columns]) * 4
    left = (columns + offset[1][rows, columns] + 0.5) * 4 - width / 2
    top = (rows + offset[0][rows, columns] + 0.5) * 4 - height / 2
    boxes = np.stack([left, top, left + width, top + height], 1)
    return finished(np.zeros(len(scores), int), scores, boxes, rgb.shape[1::-1], 0.3, ratio)


def blaze(side, anchors):
    def found(model, rgb):
        canvas, ratio, offset = letterboxed(rgb, side, 0, True)
        outputs = [output[0] for output in model((canvas[None] / 127.5 - 1).astype(np.float32)).values()]
        raw, score = sorted(outputs, key=lambda output: -output.shape[-1])
        raw, scores = raw.astype(np.float64), 1 / (1 + np.exp(-score[:, 0].astype(np.float64)))
        chosen = scores > 0.5
        centre, size = raw[:, :2] + anchors * side, raw[:, 2:4]
        boxes = np.concatenate([centre - size / 2, centre + size / 2], 1)[chosen]
        return finished(np.zeros(len(boxes), int), scores[chosen], boxes, rgb.shape[1::-1], 0.3, ratio, offset)
    return found


def anchors(*grids):
    """The centres of grids of (side, anchors in a cell), as parts of the input's sides."""
    return np.array([
        ((column + 0.5) / side, (row + 0.5) / side)
        for side, count in grids for row in range(side) for column in range(side) for _ in range(count)
    ])


# The grids that MediaPipe's models have, counted: 896, 2304 and 2254 anchors.
KINDS = {
    "yolox": (yolox, [1, 3, 416, 416]),
    "centerface": (centerface, [1, 3, 640, 640]),
    "blazeface-short": (blaze(128, anchors((16, 2), (8, 6))), None),
    "blazeface-full": (blaze(192, anchors((48, 1))), None),
    "mediapipe-pose": (blaze(224, anchors((28, 2), (14, 2), (7, 6))), None),
}

if __name__ == "__main__":
    decode, shape = KINDS[sys.argv[2]]
    core = openvino.Core()
    network = core.read_model(sys.argv[3])
    if shape:
        network.reshape(shape)
    compiled = core.compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    for path in sys.argv[4:]:
        image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
        print(json.dumps(decode(lambda numbers: compiled([np.ascontiguousarray(numbers)]), np.asarray(image))))
