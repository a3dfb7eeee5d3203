"""Boxes of a detector for the photographs of a store, durable."""

import json
import os
from pathlib import Path

from harness import machine, photographs
from harness.contest import Measured, OURS, PEER, Worker
from harness.programs import run_program
from harness.report import Section

ORDER = 55
PRODUCTS = {"fovea"}
MODEL, FILE, SIDE = "yolox-nano", "yolox_nano.onnx", 416


def run(bench):
    sources, origin = photographs.originals(bench)
    count = 64 if bench.is_quick else 256
    folder = photographs.copies(sources[:128], bench.scratch / "photographs", count)
    fovea, store = bench.program("fovea"), bench.scratch / "store"
    models = [Path(os.environ.get("FOVEA_TEST_DATA", bench.root.parent / "shared")) / "models",
              bench.root / ".tools" / "models"]
    model = next(path for path in (folder / FILE for folder in models) if path.exists())
    runtime = os.environ.get("FOVEA_OPENVINO") or next(
        bench.root.glob(".tools/openvino/lib/python3*/site-packages/openvino/libs"))
    environment = {"FOVEA_MODEL_PATH": ":".join(map(str, models)), "FOVEA_OPENVINO": str(runtime)}
    run_program([fovea, "init", "--store", store])
    run_program([fovea, "add", folder, "--store", store])

    ours = Measured(f"fovea label, {machine.cores()} threads", OURS)
    bare = Measured("OpenVINO's Python API, inference alone", PEER)
    labels = 0
    with Worker("inference", [bench.python, "-B", bench.peers / "inference.py", runtime, model, SIDE, count]) as worker:
        worker.ask("round")
        for _ in range(3 if bench.is_quick else 7):
            answer = worker.ask("round")
            bare.wall.append(answer["wall"] / answer["items"])
            bare.cpu.append(answer["cpu"] / answer["items"])
            target = bench.scratch / "labelled"
            run_program(["cp", "-r", store, target])
            done = run_program([fovea, "label", "--model", MODEL, "--json", "--store", target], environment)
            run_program(["rm", "-r", target])
            counts = json.loads(done.output.splitlines()[-1])["job"]["counts"]
            labels = counts["labels"]
            # The peer has loaded its model before: what a job takes until then is left out.
            ours.wall.append(counts["seconds"] / count)
            ours.cpu.append(done.cpu / count)
        about = worker.about

    section = Section(
        "Labelling",
        f"`fovea label --model {MODEL}` of {count} photographs, made from {origin}: read from the store, checked "
        "against their SHA-256, decoded in full, resized, inferred, decoded into boxes, the labels durable. The peer "
        "only infers, from numbers that are in memory already, as many at a time as OpenVINO says is best.")
    section.table(
        "", "one photograph; CPU of the whole program, its start and the model's loading included", [ours, bare])
    section.at_least("of the bare inference rate, wall", 0.9, ours.ratio(bare, "wall"), " ×")
    section.at_least("labels found", 1, labels)
    section.versions = [about]
    return section
