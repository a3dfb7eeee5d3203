"""What OpenVINO's Python API gives for whole images and for texts: expected values for the tests of Inference.

usage: vector_oracle.py OPENVINO KIND MODEL INPUT…

OPENVINO is the folder of OpenVINO's library. KIND is `nsfw` or `mobilenet`, with images, or `minilm`, with a vocabulary
and texts. Prints a JSON array of numbers for each image or text. Images are read by Pillow and resized by OpenCV; texts
are cut up as BERT's `tokenization.py` does it, with Python's own tables of Unicode.
"""

import json
import os
import sys
import unicodedata

import cv2
import numpy as np
from PIL import Image, ImageOps

sys.path.append(os.path.abspath(os.path.join(sys.argv[1], "..", "..")))

import openvino  # noqa: E402


def unit(vector):
    return vector / np.linalg.norm(vector)


def image(path):
    return np.asarray(ImageOps.exif_transpose(Image.open(path)).convert("RGB"))


def nsfw(model, path):
    resized = cv2.resize(image(path), (256, 256), interpolation=cv2.INTER_LINEAR)[16:240, 16:240, ::-1]
    return model([(resized.astype(np.float32) - np.float32([104, 117, 123]))[None]])[0][0][1:]


def mobilenet(model, path):
    resized = cv2.resize(image(path), (224, 224), interpolation=cv2.INTER_AREA)
    numbers = (resized / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    return unit(model([numbers.transpose(2, 0, 1)[None].astype(np.float32)])[0][0].astype(np.float64))


def is_punctuation(char):
    code = ord(char)
    return 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126 \
        or unicodedata.category(char).startswith("P")


def words(text):
    text = "".join(
        " " if char in " \t\n\r" or unicodedata.category(char) == "Zs" else char
        for char in text if char in "\t\n\r" or not (char in "\0\ufffd" or unicodedata.category(char).startswith("C")))
    text = "".join(char for char in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(char) != "Mn")
    for char in set(text):
        if is_punctuation(char) or 0x4E00 <= ord(char) <= 0x9FFF:
            text = text.replace(char, f" {char} ")
    return text.split()


def pieces(word, vocabulary):
    found, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                found.append(vocabulary[piece])
                start = end
                break
        else:
            return [vocabulary["[UNK]"]]
    return found


def minilm(model, text, vocabulary):
    tokens = [101] + [piece for word in words(text) for piece in pieces(word, vocabulary)][:254] + [102]
    ids = np.array([tokens], np.int64)
    hidden = model({"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)})[0]
    return unit(hidden[0].astype(np.float64).mean(0))


if __name__ == "__main__":
    kind, path, inputs = sys.argv[2], sys.argv[3], sys.argv[4:]
    core = openvino.Core()
    network = core.read_model(path)
    if kind != "minilm":
        network.reshape([1, 224, 224, 3] if kind == "nsfw" else [1, 3, 224, 224])
    compiled = core.compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    if kind == "minilm":
        with open(inputs[0], encoding="utf-8") as file:
            vocabulary = {line.rstrip("\n"): number for number, line in enumerate(file)}
        vectors = [minilm(compiled, text, vocabulary) for text in inputs[1:]]
    else:
        vectors = [{"nsfw": nsfw, "mobilenet": mobilenet}[kind](compiled, name) for name in inputs]
    for vector in vectors:
        print(json.dumps([float(number) for number in vector]))
