"""Images by their labelled boxes, through clients, beside FiftyOne and raw MongoDB."""

import statistics
from contextlib import ExitStack

from harness.clients import new_store, serve_store, Way
from harness.contest import OURS, PEER, Measured
from harness.detections import Detections
from harness.mongo import start_mongo
from harness.programs import run_program
from harness.report import number, Section

ORDER = 85
PRODUCTS = {"fovea"}

LISTED = ["a label", "a label and confidence", "two labels"]
KINDS = [*LISTED, *(f"{kind}, count" for kind in LISTED), "counts per label"]
# Questions that each is asked one after another before the next is asked the same.
IN_A_ROW = 5
PASSWORD = "Benchmarks-0f-2026!"


def run(bench):
    images, measured = (10_000, 2_000) if bench.is_quick else (100_000, 20_000)
    python, store = bench.root / ".tools" / "fiftyone" / "bin" / "python", bench.scratch / "store"
    home = bench.scratch / "home"
    home.mkdir()
    with ExitStack() as stack:
        mongod, address = start_mongo(python, bench.scratch / "mongo")
        stack.enter_context(mongod)
        new_store(bench, store)
        token = first_user(bench, store)
        server, places = serve_store(bench, stack, store)
        # FiftyOne writes into the user's own folder, the client of ApertureDB into that where it is.
        script = ["env", f"--chdir={home}", f"HOME={home}", python, "-B", bench.peers / "detections_client.py"]
        ours = Way("Fovea, aperturedb", OURS, [*script, "fovea", places["wire"], token], [server]).open(stack)
        fiftyone = Way("FiftyOne", PEER, [*script, "fiftyone", address], [mongod]).open(stack)
        pymongo = Way("pymongo, with an index", PEER, [*script, "pymongo", address], [mongod]).open(stack)

        section = Section(
            "Labelled boxes beside FiftyOne",
            f"{images:,} images without pixels and three labelled boxes each on average, of 80 classes with "
            "frequencies that fall as 1 / rank. Fovea is asked by the unmodified client `aperturedb` over TCP; "
            "FiftyOne by its views, on the mongod that its package brings; pymongo asks the same documents, which have "
            "an index of labels and confidences for it. Each answer is the path of every image found, a count, or all "
            f"labels with their counts. Conditions are drawn anew for each question; {IN_A_ROW} are put to one after "
            "another, then the same to the next; all answers are compared. CPU time is the servers'.")
        ingest(bench, section, ours, fiftyone, pymongo, images, measured)
        queries(bench, section, ours, fiftyone, pymongo)
    site = next((python.parent.parent / "lib").glob("python3*")) / "site-packages"
    section.versions = [
        " ".join(path.name.removesuffix(".dist-info").rsplit("-", 1)) for name in ("fiftyone", "pymongo", "aperturedb")
        for path in site.glob(f"{name}-[0-9]*.dist-info")]
    return section


def first_user(bench, store):
    """Makes a user who may do everything, and returns a token to log in with."""
    fovea, password = bench.program("fovea"), bench.scratch / "password"
    password.write_text(PASSWORD + "\n")
    run_program(["sh", "-c", '"$0" user add admin --role admin --password-stdin --store "$1" <"$2"', fovea, store,
                 password])
    return run_program([fovea, "user", "token", "admin", "--store", store]).output.decode().strip()


def ingest(bench, section, ours, fiftyone, pymongo, images, measured):
    """Adds the images; FiftyOne adds some by its own way, which is measured, and the rest come as documents."""
    bench.say("adding")
    rounds, rows = 2 if bench.is_quick else 5, []
    each = measured // rounds
    for way in (ours, fiftyone):
        rows.append(Measured(way.name, way.role))
    for index in range(rounds):
        for way, row in zip((ours, fiftyone), rows):
            way.ask("drawing", {"add": each, "seed": index, "first": index * each}, counts=False)
            before = way.cpu()
            took = way.ask("adding", {"go": True})
            row.wall.append(took["wall"] / each)
            row.cpu.append((way.cpu() - before + took["cpu"]) / each)
    rest = {"add": images - measured, "seed": rounds, "first": measured}
    for way in (ours, pymongo):
        way.ask("drawing", rest, counts=False)
        took = way.ask("adding the rest", {"go": True})
        if way is ours:
            section.note(f"Fovea added the other {rest['add']:,} images at {rest['add'] / took['wall']:,.0f} a second. "
                         "FiftyOne's were put into its collection as documents of the same form, to save time.")
    section.table(f"Adding {measured:,} images with their boxes", "an image; CPU time with the client's", rows)
    section.at_least("adding: times the speed of FiftyOne, wall", 20, rows[0].ratio(rows[1], "wall"), " ×")
    section.note("Adding, images a second: " + ", ".join(
        f"{row.name} {1 / row.wall_median:,.0f}" for row in rows) + ". Samples and commands are made beforehand; Fovea "
        "gets 500 images a query, each with the bytes of a picture of one pixel, and is durable after each.")


def queries(bench, section, ours, fiftyone, pymongo):
    draw, different, ways = Detections(1_000), 0, (ours, fiftyone, pymongo)
    for kind in KINDS:
        bench.say(kind)
        sizes = []
        for index in range(bench.rounds + 1):
            questions = [draw.question(kind) for _ in range(IN_A_ROW)]
            answers = [[way.ask(kind, question, counts=index > 0, compare=True) for question in questions]
                       for way in ways]
            for first, *others in zip(*answers):
                sizes.append(first["count"])
                different += sum((one["count"], one.get("digest")) != (first["count"], first.get("digest"))
                                 for one in others)
        section.table(kind.capitalize(), f"an answer, {statistics.median(sizes):,.0f} in the median",
                      [way.figures[kind] for way in ways])
        for peer, wanted in ((fiftyone, 100), (pymongo, 3)):
            section.at_least(f"{kind}: times the speed of {peer.name}, wall", wanted,
                             ours.figures[kind].ratio(peer.figures[kind], "wall"), " ×")
        section.note(f"{kind.capitalize()}: the client's own process took "
                     + ", ".join(f"{number(way.client_share(kind) * 1e3)} ms ({way.name})" for way in ways)
                     + " of CPU beside that.")
    section.at_most("answers that differ", 0, different)
