"""JPEG photographs to 224 × 224 pixels, from all their pixels."""

from harness import photographs
from harness.contest import FLOOR, INFORMATION, PEER
from harness.media import MediaContest
from harness.report import Section

ORDER = 10
PRODUCTS = {"MediaBenchmark"}


def run(bench):
    folder, files = photographs.small(bench)
    contest = MediaContest(bench, folder, "resize", [
        (PEER, "simplejpeg + OpenCV, INTER_AREA", "simplejpeg_area"),
        (PEER, "OpenCV, INTER_AREA", "opencv_area"),
        (PEER, "Pillow, BILINEAR", "pillow_resize"),
        (PEER, "libvips, kernel linear", "vips_resize"),
        (INFORMATION, "simplejpeg + OpenCV, INTER_LINEAR (not smoothed)", "simplejpeg_linear"),
        (FLOOR, "bare decode, Fovea", "fovea:decode"),
        (FLOOR, "bare decode, simplejpeg", "simplejpeg_decode"),
    ])
    ours, best, decode = contest.ours, contest.best, contest.row("fovea:decode")
    section = Section(
        "Decode and resize",
        f"A JPEG is decoded in full and resized to 224 × 224, bilinear and smoothed. One thread; {files}.")
    section.table("", "one photograph", contest.rows)
    section.at_least(
        f"times the speed of the fastest smoothing peer ({best.name}), CPU time", 1.5, ours.ratio(best), " ×")
    different, values = contest.differences("pillow_resize")
    section.at_most(f"samples, of {values:,}, that differ from Pillow's", 0, different)
    section.floor = (
        "every pixel must be decoded, which takes "
        + " and ".join(f"{row.cpu_median * 1e3:.2f} ms ({row.name.partition(', ')[2]})" for row in contest.floors)
        + f". Fovea adds {(ours.cpu_median - decode.cpu_median) * 1e3:.2f} ms to its decode; a resize that costs "
        f"nothing would be {best.cpu_median / decode.cpu_median:.2f} times the speed of that peer.")
    section.versions = contest.versions
    return section
