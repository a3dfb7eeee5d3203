"""A cascade of motion and a detector of people, beside the detector on each frame."""

import json
import os
from pathlib import Path

from harness.contest import Measured, OURS
from harness.programs import run_program
from harness.report import Section

ORDER = 57
PRODUCTS = {"fovea"}
CLIP = "one-by-one-person-detection.mp4"
CASCADE = """
name: people
hold: 1
target_recall: 0.95
stages:
- model: motion
- model: yolox-nano
  classes: [person]
"""
EVERY = """
name: every
stages:
- model: yolox-nano
  classes: [person]
"""


def generated(clip, folder):
    """The clip's empty corridor for half a minute, one who comes, and so on: mostly still footage."""
    path = folder / "generated.mp4"
    still = "[0:v]trim=2:2.1,setpts=PTS-STARTPTS,loop=loop=300:size=1:start=0,setpts=N/10/TB[s{0}];"
    parts = [still.format(n) for n in range(3)]
    parts.append("[0:v]trim=22:45,setpts=PTS-STARTPTS[a];[0:v]trim=50:70,setpts=PTS-STARTPTS[b];")
    parts.append("[s0][a][s1][b][s2]concat=n=5,noise=alls=3:allf=t,format=yuv420p")
    run_program(["ffmpeg", "-v", "error", "-y", "-i", clip, "-filter_complex", "".join(parts), "-r", "10",
                 "-c:v", "libx264", "-g", "50", path])
    return path


def run(bench):
    shared = Path(os.environ.get("FOVEA_TEST_DATA", bench.root.parent / "shared"))
    clip = shared / "data" / CLIP
    models = [shared / "models", bench.root / ".tools" / "models"]
    runtime = os.environ.get("FOVEA_OPENVINO") or next(
        bench.root.glob(".tools/openvino/lib/python3*/site-packages/openvino/libs"))
    environment = {"FOVEA_MODEL_PATH": ":".join(map(str, models)), "FOVEA_OPENVINO": str(runtime)}
    fovea = bench.program("fovea")
    files = {}
    for name, text in [("people", CASCADE), ("every", EVERY)]:
        files[name] = bench.scratch / f"{name}.yaml"
        files[name].write_text(text)
    clips = [("people one by one", clip, 60)]
    if not bench.is_quick:
        clips.append(("generated, mostly still", generated(clip, bench.scratch), 30))

    section = Section(
        "Cascades",
        "`fovea video cascade`: motion, then YOLOX-nano, with a promised recall of 0.95 and `hold: 1`, beside the same "
        "detector on each frame; both with all that a job does. Recall and precision are those of frames, against "
        "what the detector says of each.")
    for number, (title, video, most) in enumerate(clips):
        store = bench.scratch / f"cascade-{number}"
        run_program([fovea, "init", "--store", store])
        run_program([fovea, "add", video, "--store", store])
        cascade, every = Measured("motion, then YOLOX-nano", OURS), Measured("YOLOX-nano on each frame", OURS)
        reports = {}
        for measured, name in [(cascade, "people"), (every, "every")]:
            done = run_program(
                [fovea, "video", "cascade", files[name], "--json", "--store", store], environment)
            lines = [json.loads(line) for line in done.output.splitlines()]
            reports[name] = next(line["report"] for line in lines if "verdict" in line)
            frames = reports[name]["frames"]
            measured.wall.append(lines[-1]["job"]["counts"]["seconds"] / frames)
            measured.cpu.append(done.cpu / frames)
        found, truth = (kept(fovea, store, name) for name in ("people", "every"))
        calls = reports["people"]["calls"] / reports["every"]["calls"]
        section.table(title, "one frame of the video; CPU of the whole program", [cascade, every])
        section.at_most(f"{title}: % of the detector's calls", most, calls * 100)
        section.at_least(f"{title}: recall", 0.95, len(found & truth) / max(1, len(truth)))
        section.at_least(f"{title}: recall that was promised and shown", 0.95,
                         reports["people"]["audit"]["recall_bound"])
        section.at_least(f"{title}: precision", 0.95, len(found & truth) / max(1, len(found)))
    return section


def kept(fovea, store, name):
    """The frames that a cascade labelled."""
    def lines(*arguments):
        return [json.loads(line) for line in
                run_program([fovea, *arguments, "--json", "--store", store]).output.splitlines()]

    source = next(run["source"] for run in lines("runs") if run["source"].startswith(f"cascade:{name}@"))
    return {label["image"] for label in lines("labels", "--class", "Frame", "--source", source)}
