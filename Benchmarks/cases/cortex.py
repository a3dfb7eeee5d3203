"""Labelled images by Cortex's filters, beside MongoDB."""

import statistics
from contextlib import ExitStack

from cases.fiftyone import first_user
from harness.clients import new_store, serve_store, Way
from harness.contest import OURS, PEER
from harness.detections import Detections
from harness.mongo import start_mongo
from harness.report import number, Section

ORDER = 86
PRODUCTS = {"fovea"}

EXTRA = 100


def box(condition):
    return {"object_analysis": {"$elemMatch": {"$elemMatch": condition}}}


def question(draw, kind):
    label = draw.label()
    x = draw.random.randrange(500)
    return {"filter": {
        "the article's": {**box({"classname": label}), "width": {"$gt": 100}},
        "a class and a place": box({"classname": label, "x1": {"$gte": x}, "y2": {"$lt": 700}}),
        "without a class": {"object_analysis": {"$not": {"$elemMatch": {"$elemMatch": {"classname": label}}}}},
        "one of two classes, by the path": {"object_analysis.0.classname": {"$in": [label, draw.label()]}},
    }[kind]}


KINDS = ["the article's", "a class and a place", "without a class", "one of two classes, by the path"]


def run(bench):
    images = 20_000 if bench.is_quick else 1_000_000
    each = 20_000 if bench.is_quick else 50_000
    python, store = bench.root / ".tools" / "fiftyone" / "bin" / "python", bench.scratch / "store"
    home = bench.scratch / "home"
    home.mkdir()
    with ExitStack() as stack:
        mongod, address = start_mongo(python, bench.scratch / "mongo")
        stack.enter_context(mongod)
        new_store(bench, store)
        token = first_user(bench, store)
        server, places = serve_store(bench, stack, store)
        script = ["env", f"--chdir={home}", f"HOME={home}", python, "-B", bench.peers / "cortex_client.py"]
        ours = Way("Fovea", OURS, [*script, "fovea", places["http"], places["wire"], token], [server]).open(stack)
        mongo = Way("MongoDB", PEER, [*script, "mongo", address], [mongod]).open(stack)

        section = Section(
            "Cortex's filters beside MongoDB",
            f"{images:,} images with three labelled boxes each on average, of 80 classes with frequencies that fall as "
            "1 / rank. Fovea is asked at `/get-labeled-data`, MongoDB by pymongo for documents of the same form, "
            "which have no index, as a filter may ask for anything. An answer is how many match, and the first 25. "
            "Conditions are drawn anew for each round; all answers are compared. CPU time is the servers'.")
        bench.say("adding")
        for way in (ours, mongo):
            took = 0
            for first in range(0, images, each):
                took += way.ask("adding", {"add": each, "seed": first, "first": first}, counts=False)["wall"]
            section.note(f"{way.name}: {images / took:,.0f} images a second were added, the client's work included.")
        queries(bench, section, ours, mongo)
    site = next((python.parent.parent / "lib").glob("python3*")) / "site-packages"
    section.versions = [
        " ".join(path.name.removesuffix(".dist-info").rsplit("-", 1))
        for name in ("fiftyone_db", "pymongo") for path in site.glob(f"{name}-[0-9]*.dist-info")]
    return section


def queries(bench, section, ours, mongo):
    draw, different = Detections(1_000), 0
    for kind in KINDS:
        bench.say(kind)
        sizes = []
        for index in range(bench.rounds + 1):
            asked = question(draw, kind)
            answers = [way.ask(kind, asked, counts=index > 0, compare=True) for way in (ours, mongo)]
            sizes.append(answers[0]["count"])
            different += (answers[0]["count"], answers[0]["digest"]) != (answers[1]["count"], answers[1]["digest"])
        section.table(kind.capitalize(), f"an answer, {statistics.median(sizes):,.0f} match in the median",
                      [way.figures[kind] for way in (ours, mongo)])
        section.at_least(f"{kind}: times the speed of MongoDB, wall", 5,
                         ours.figures[kind].ratio(mongo.figures[kind], "wall"), " ×")
    walls = sorted(ours.ask("p95", question(draw, KINDS[0]), counts=False)["wall"] for _ in range(EXTRA))
    section.at_most(f"{KINDS[0]}: 95 of 100 answers within", 30, walls[EXTRA * 95 // 100 - 1] * 1e3, " ms")
    section.note(f"{KINDS[0].capitalize()} query, {EXTRA} times more: {number(statistics.median(walls) * 1e3)} ms in "
                 f"the median, {number(walls[-1] * 1e3)} ms at most, the client's work included.")
    section.at_most("answers that differ", 0, different)
