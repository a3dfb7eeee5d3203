"""The perceptual hash of JPEG photographs."""

from harness import photographs
from harness.contest import FLOOR, INFORMATION, PEER
from harness.media import MediaContest
from harness.report import Section

ORDER = 30
PRODUCTS = {"MediaBenchmark"}


def run(bench):
    folder, files = photographs.small(bench)
    contest = MediaContest(bench, folder, "phash", [
        (PEER, "imagehash.phash", "imagehash_phash"),
        (INFORMATION, "imagehash.phash of the file's luma (another hash)", "imagehash_phash_gray"),
        (INFORMATION, "all facts: hashes, statistics, EXIF; Fovea", "fovea:facts"),
        (FLOOR, "bare decode, Fovea", "fovea:decode"),
    ])
    ours, decode = contest.ours, contest.row("fovea:decode")
    section = Section(
        "Perceptual hash", f"A JPEG is decoded in full and hashed as imagehash does. One thread; {files}.")
    section.table("", "one photograph", contest.rows)
    section.at_least("of the bare decode's rate, CPU time", 0.8, ours.ratio(decode))
    section.at_least("times the speed of imagehash, CPU time", 1, ours.ratio(contest.row("imagehash_phash")), " ×")
    different, digits = contest.differences("imagehash_phash")
    section.at_most(f"hexadecimal digits, of {digits:,}, that differ from imagehash's", 0, different)
    section.floor = f"the bare decode, {decode.cpu_median * 1e3:.2f} ms."
    section.versions = contest.versions
    return section
