"""JPEG photographs to tensors for a network."""

from harness import photographs
from harness.contest import FLOOR, PEER
from harness.media import MediaContest
from harness.report import Section

ORDER = 40
PRODUCTS = {"MediaBenchmark"}


def run(bench):
    folder, files = photographs.small(bench)
    contest = MediaContest(bench, folder, "tensor", [
        (PEER, "simplejpeg + OpenCV, INTER_AREA + NumPy", "simplejpeg_tensor"),
        (PEER, "simplejpeg + OpenCV, INTER_AREA, blobFromImage", "opencv_tensor"),
        (PEER, "Pillow, BILINEAR + NumPy", "pillow_tensor"),
        (FLOOR, "bare decode, Fovea", "fovea:decode"),
    ])
    section = Section(
        "Tensors",
        "A JPEG is decoded in full, resized to 224 × 224, and made a tensor of single precision, channels first, "
        f"less ImageNet's means and divided by its deviations. One thread; {files}. For information: no target.")
    section.table("", "one photograph", contest.rows)
    section.floor = f"the bare decode, {contest.row('fovea:decode').cpu_median * 1e3:.2f} ms."
    section.note("torchvision is left out: it needs PyTorch, whose package for Linux is half a gigabyte without "
                 "the GPU libraries that it pulls in. Its `Resize` of a PIL image is Pillow's.")
    section.versions = contest.versions
    return section
