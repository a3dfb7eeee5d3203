"""Photographs of 12 megapixels to 224 × 224 pixels, from what the JPEG decoder leaves after shrinking."""

from harness import photographs
from harness.contest import FLOOR, INFORMATION, PEER
from harness.media import MediaContest
from harness.report import Section

ORDER = 20
PRODUCTS = {"MediaBenchmark"}


def run(bench):
    folder, files = photographs.large(bench)
    contest = MediaContest(bench, folder, "scaled", [
        (PEER, "simplejpeg, min_width, + OpenCV, INTER_AREA", "simplejpeg_scaled"),
        (PEER, "OpenCV, REDUCED_COLOR_8, INTER_AREA", "opencv_reduced"),
        (PEER, "Pillow, draft, BILINEAR", "pillow_scaled"),
        (PEER, "libvips, thumbnail_buffer", "vips_thumbnail"),
        (INFORMATION, "simplejpeg, fastdct and fastupsample (less exact)", "simplejpeg_scaled_fast"),
        (FLOOR, "scaled decode alone, simplejpeg", "simplejpeg_shrink"),
    ])
    ours, floor = contest.ours, contest.floors[0]
    section = Section(
        "Decode scaled and resize",
        "`decode=scaled`: a JPEG is decoded at 1/8 of its size (500 × 375) and resized to 224 × 224, bilinear "
        f"and smoothed. One thread; {files}.")
    section.table("", "one photograph", contest.rows)
    # A tie is as good as measured: 3 % is less than the spread of a quiet machine.
    for task in ("simplejpeg_scaled", "opencv_reduced"):
        row = contest.row(task)
        section.at_least(f"times the speed of {row.name}, CPU time (1, less 3 % of noise)", 0.97, ours.ratio(row), " ×")
    section.floor = (
        f"the entropy-coded data must be read to its end, whatever is made of it: the decode at 1/8 alone takes "
        f"{floor.cpu_median * 1e3:.1f} ms.")
    section.versions = contest.versions
    return section
