"""Motion in videos: frames a second of one core, beside OpenCV and PyAV."""

from contextlib import ExitStack

from harness import footage
from harness.contest import FLOOR, OURS, PEER, Worker
from harness.report import Section

ORDER = 45
PRODUCTS = {"MotionBenchmark"}
# What Fovea calls motion by default, and what is usual with OpenCV's mask.
OUR_SCORE, THEIR_SCORE = 0.001, 0.001
# Times the speed of OpenCV that are wanted: more where most is still and groups of pictures are short enough to be
# passed over, a second or half of one. Of those of ten seconds, packets alone could tell that nothing happens in them.
WANTED = {
    "1080p, mostly still, GOP 25": 4, "1080p, mostly still, GOP 250": 2, "1080p, busy, GOP 250": 2,
    "640 × 360, mostly still, GOP 250": 2, "640 × 360, busy, GOP 250": 2, "640 × 360, mostly still, GOP 12": 4,
    "640 × 360, busy, GOP 12": 4,
}


def run(bench):
    section = Section(
        "Motion",
        f"Which frames of a video of {footage.SECONDS} seconds move: Fovea's scan, which decodes no more than it must, "
        "beside OpenCV reading every frame and comparing it, at 320 × 180 pixels, with a mixture of Gaussians (MOG2). "
        "One thread. The videos are made from photographs, with grain, so that it is known when something moves.")
    for kind in footage.KINDS:
        path, truth = footage.made(bench, kind)
        program = bench.program("MotionBenchmark")
        peer = [bench.python, "-B", bench.peers / "motion.py"]
        with ExitStack() as stack:
            workers = [stack.enter_context(Worker(name, command, role)) for name, command, role in [
                ("Fovea", [program, "scan", path], OURS),
                ("OpenCV, MOG2 of every frame", [*peer, "opencv_mog2", path], PEER),
                ("every frame decoded, Fovea", [program, "decode", path], FLOOR),
                ("every frame decoded, PyAV", [*peer, "pyav_decode", path], FLOOR),
            ]]
            rows = bench.contest(workers, rounds=1 if bench.is_quick else 5)
            about = workers[0].ask("samples")
            scores = workers[1].ask("scores")["scores"]
        section.table(kind, "one frame", rows)
        ours, theirs, decode, pyav = rows
        section.at_least(f"{kind}: times the speed of OpenCV, CPU time", WANTED[kind], ours.ratio(theirs), " ×")
        section.at_most(f"{kind}: Fovea's decode over PyAV's, CPU time", 1, 1 / decode.ratio(pyav))
        mine, recall, precision = judged(held(about["samples"], len(truth)), OUR_SCORE, truth)
        _, other, _ = judged(scores, THEIR_SCORE, truth)
        section.at_least(f"{kind}: recall of the frames that move (OpenCV's is {other:.3f})", 0.98, recall)
        section.at_least(f"{kind}: precision", 0.8, precision)
        section.at_least(f"{kind}: temporal IoU", 0.9, mine)
        section.note(
            f"{kind}: {1 / ours.cpu_median:,.0f} frames a second of CPU, OpenCV {1 / theirs.cpu_median:,.0f}; "
            f"{about['decoded']:,} of {about['frames']:,} frames decoded, {about['by_size']} of {about['groups']} "
            f"groups of pictures shortened by the sizes of packets, {about['between_keyframes']} passed over between "
            "keyframes.")
    for question in ["follows", "sequence", "during", "overlapped_by", "intersection"]:
        with Worker("Fovea", [bench.program("MotionBenchmark"), "intervals", question], OURS) as worker:
            rows = bench.contest([worker], rounds=5)
            found = worker.ask("found")["found"]
        section.table(f"a million intervals of 1,000 hours: {question}", "one question", rows)
        section.at_most(
            f"milliseconds of CPU for a question about a million intervals, {question}, which gives {found:,}", 300,
            rows[0].cpu_median * 1e3)
    section.floor = "every frame decoded, which a scan goes below where it passes frames over."
    section.versions = [row.about for row in rows]
    return section


def held(samples, count):
    """The score of each frame: that of the last sample before it."""
    scores, place = [], 0
    for frame in range(count):
        while place + 1 < len(samples) and samples[place + 1][0] <= frame / footage.RATE + 0.001:
            place += 1
        scores.append(samples[place][1])
    return scores


def judged(scores, least, truth):
    """Intersection over union, recall and precision of the frames that move; gaps up to a second are filled."""
    moves, last = [score >= least for score in scores], None
    for frame, now in enumerate(list(moves)):
        if now:
            if last is not None and frame - last <= footage.RATE:
                moves[last:frame] = [True] * (frame - last)
            last = frame
    both = sum(a and b for a, b in zip(moves, truth))
    return (both / max(1, sum(a or b for a, b in zip(moves, truth))), both / max(1, sum(truth)),
            both / max(1, sum(moves)))
