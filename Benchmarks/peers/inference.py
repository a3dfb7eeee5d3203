"""Runs a detector on one input over and over, and does nothing else.

usage: inference.py OPENVINO MODEL SIDE COUNT

OPENVINO is the folder of OpenVINO's library, which lies in its Python package. As its documentation advises where
many images are to be got through: the throughput hint, and as many requests at a time as it says are best. A round
is COUNT inferences of numbers that are there already: nothing is read, decoded, or made of the answers.
"""

import os
import sys

import numpy

import rounds

sys.path.append(os.path.abspath(os.path.join(sys.argv[1], "..", "..")))

import openvino  # noqa: E402

model, side, count = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
core = openvino.Core()
compiled = core.compile_model(
    core.read_model(model), "CPU", {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "THROUGHPUT"})
queue = openvino.AsyncInferQueue(compiled)
picture = numpy.random.default_rng(1).uniform(0, 255, (1, 3, side, side)).astype(numpy.float32)


class Inferences:
    """COUNT items that are begun one after another and waited for with the last."""

    def __len__(self):
        return count

    def __iter__(self):
        yield from range(1, count + 1)


def infer(number):
    queue.start_async({0: picture}, share_inputs=True)
    if number == count:
        queue.wait_all()


rounds.answer(f"OpenVINO {openvino.__version__}, {len(queue)} requests at a time", infer, Inferences())
