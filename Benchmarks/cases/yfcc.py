"""A million tagged images asked through clients: rows, facets and pictures, beside PostgreSQL and nginx."""

import statistics
from contextlib import ExitStack

from harness import floors, machine
from harness.clients import Crowd, new_user, serve_store, Way
from harness.collection import fill, prepare, Questions
from harness.contest import ContenderFailed, INFORMATION, OURS, PEER
from harness.http import free_port
from harness.nginx import start_nginx
from harness.postgres import Postgres
from harness.report import number, Section

ORDER = 75
PRODUCTS = {"CatalogBenchmark", "fovea"}

# Questions that each is asked one after another before the next is asked the same.
IN_A_ROW = 5
TOP = (1, 30)
# What is asked, and how many times the speed of PostgreSQL with joins is wanted: through `vdms`, and as columns.
KINDS = {
    "a rare tag": (lambda draw: draw.rows((280, 320)), None, None),
    "a middling tag": (lambda draw: draw.rows((25, 35)), 3, 10),
    "the most frequent tag": (lambda draw: draw.rows((1, 1)), None, None),
    "two tags": (lambda draw: draw.rows(TOP, TOP), 12, 40),
    "a tag within a box": (lambda draw: draw.rows(TOP, box=True), 10, 20),
    "two tags within a box": (lambda draw: draw.rows(TOP, TOP, box=True), None, None),
    "facet of all tags within a box": (lambda draw: draw.facet(box=True), 25, None),
    "facet of all tags over everything": (lambda draw: draw.facet(), 100, None),
}
CROWDED = ["a middling tag", "two tags", "a tag within a box", "facet of all tags within a box"]


def run(bench):
    images = 200_000 if bench.is_quick else 1_000_000
    # PostgreSQL's user must be able to enter the folder.
    bench.scratch.chmod(0o755)
    section = Section(
        "Tagged images through clients",
        f"{images:,} images with 12 properties and five tags each, with probabilities, as in `catalog`, asked by "
        "programs: Fovea by the unmodified client `vdms` over TCP, and over HTTP with columns of Arrow for an answer; "
        "PostgreSQL by psycopg2 through its socket, once with joins, once with a subquery for each tag, on the same "
        "covering indexes. Each answer is six properties of every image found, or all tags with their counts. "
        f"Conditions are drawn anew for each question; {IN_A_ROW} are put to one after another, then the same to the "
        "next; counts are always compared, and in the first round every value. CPU time is the servers'.")
    with ExitStack() as stack:
        bench.say("making the collection")
        pictures, origin = prepare(bench, images)
        user = new_user(bench, bench.scratch / "store")
        ours, places = serve_store(bench, stack, bench.scratch / "store", "--column-memory", "4GiB")
        bench.say("filling PostgreSQL")
        postgres = stack.enter_context(Postgres(bench.scratch / "postgres"))
        fill(postgres, bench.scratch)
        nginx = stack.enter_context(start_nginx(bench.scratch / "nginx", f"127.0.0.1:{(port := free_port())}"))

        script = [bench.python, "-B", bench.peers / "collection_client.py"]
        vdms = Way("Fovea, vdms", OURS, [*script, "vdms", places["wire"]], [ours])
        arrow = Way("Fovea, HTTP with Arrow", INFORMATION, [*script, "arrow", places["http"], user], [ours])
        joins = Way("PostgreSQL, joins", PEER,
                    [*script, "joins", postgres.place, f"http://127.0.0.1:{port}"], [postgres, nginx])
        nested = Way("PostgreSQL, nested", PEER, [*script, "nested", postgres.place], [postgres])
        ways = [way.open(stack) for way in (vdms, arrow, joins, nested)]
        # PostgreSQL has all its indexes by now; ours are built once somebody asks for them.
        for kind, (draw, *_) in KINDS.items():
            vdms.ask(kind, draw(Questions(11)), counts=False)
        ours.wait_until_idle()

        asked = Asked(bench, section, ways)
        for kind, (draw, *_) in KINDS.items():
            asked.measure(kind, draw)
        asked.say_missing()
        asked.check(vdms, arrow, joins, nested)
        crowd(bench, section, stack, asked, vdms, joins)
        show_pictures(bench, section, vdms, joins, len(list(pictures.iterdir())), origin)
        asked.say_floor(section, vdms)
    section.versions = [f"PostgreSQL {machine.package('postgresql-15')}", f"nginx {machine.package('nginx-light')}"]
    section.versions += [f"{name} {machine.python(name)}" for name in ("vdms", "psycopg2-binary", "pyarrow")]
    return section


class Asked:
    """What is asked of all ways in turn, and compared."""

    def __init__(self, bench, section, ways):
        self.bench, self.section, self.ways = bench, section, ways
        self.draw = Questions(12)
        self.answering = {}
        self.missing = {}  # kinds by what was said instead of an answer
        self.different = 0
        self.json = []

    def measure(self, kind, draw):
        self.bench.say(kind)
        ways = self.those_that_answer(kind, draw(self.draw))
        self.answering[kind] = ways
        sizes = []
        rounds = min(self.bench.rounds, 5) if "most frequent" in kind else self.bench.rounds
        for index in range(rounds):
            questions = [draw(self.draw) for _ in range(IN_A_ROW)]
            answers = [[way.ask(kind, question, compare=index == 0) for question in questions] for way in ways]
            for first, *others in zip(*answers):
                sizes.append(first["count"])
                self.different += sum((one["count"], one.get("digest")) != (first["count"], first.get("digest"))
                                      for one in others)
            if kind == "a middling tag" and ways[0].role == OURS:
                self.json.append(ways[0].ask(kind, draw(self.draw), counts=False, compare=True))
        self.section.table(
            kind.capitalize(), f"an answer, {statistics.median(sizes):,.0f} in the median",
            [way.figures[kind] for way in ways])
        self.section.note(
            f"{kind.capitalize()}: the client's own process took "
            + ", ".join(f"{number(way.client_share(kind) * 1e3)} ms ({way.name})" for way in ways)
            + " of CPU beside that.")

    def those_that_answer(self, kind, question):
        """The ways that can answer; what the others say is kept."""
        can = []
        for way in self.ways:
            try:
                way.ask(kind, question, counts=False)
                can.append(way)
            except ContenderFailed as failure:
                if way.role == PEER:
                    raise
                # Columns are of rows.
                if way.role == OURS or "facet" not in kind:
                    self.missing.setdefault(str(failure).replace(f" {kind}:", ""), []).append(kind)
        return can

    def say_missing(self):
        for reason, kinds in self.missing.items():
            self.section.note(f"Not measured ({', '.join(kinds)}): {reason}")

    def check(self, vdms, arrow, joins, nested):
        speeds = []
        for kind, (_, through_vdms, as_columns) in KINDS.items():
            for way, wanted in ((vdms, through_vdms), (arrow, as_columns)):
                if wanted and way in self.answering[kind]:
                    self.section.at_least(
                        f"{kind}: times the speed of PostgreSQL with joins, {way.name.removeprefix('Fovea, ')}, wall",
                        wanted, way.figures[kind].ratio(joins.figures[kind], "wall"), " ×")
            if vdms in self.answering[kind]:
                speeds.append(vdms.figures[kind].ratio(nested.figures[kind], "wall"))
        if speeds:
            text = "times the speed of PostgreSQL with nested queries, vdms, wall, of all kinds of questions"
            self.section.at_least(f"{text}, the best", 35, max(speeds), " ×")
            self.section.at_least(f"{text}, the median", 15, statistics.median(speeds), " ×")
        self.section.at_most("answers that differ", 0, self.different)

    def say_floor(self, section, vdms):
        if not self.json:
            return
        size = statistics.median(answer["json_bytes"] for answer in self.json)
        reading = statistics.median(answer["json_wall"] for answer in self.json)
        section.floor = (
            f"a middling tag's answer is {size / 1e6:.2f} MB of JSON, which Python's json.loads alone reads in "
            f"{reading * 1e3:.1f} ms; so many bytes cross the loopback device in "
            f"{floors.loopback(int(size)) * 1e3:.2f} ms.")


def crowd(bench, section, stack, asked, vdms, joins):
    """Eight processes at once, each with questions of its own."""
    kinds = [kind for kind in CROWDED if vdms in asked.answering[kind]]
    bench.say("eight clients")
    each, kind = 2 if bench.is_quick else 4, "eight at once"
    crowds, different = [Crowd(way, 8).open(stack) for way in (vdms, joins)], 0
    for index in range(3 if bench.is_quick else 6):
        lists = [[KINDS[name][0](asked.draw) for name in kinds for _ in range(each)] for _ in range(8)]
        counts = [crowd.round(kind, lists, counts=index > 0) for crowd in crowds]
        different += sum(mine != theirs for mine, theirs in zip(*counts))
    section.table("Eight clients at once", f"an answer, of {len(kinds)} kinds in equal parts: {', '.join(kinds)}",
                  [crowd.way.figures[kind] for crowd in crowds])
    section.note("Eight clients: " + "; ".join(
        f"{crowd.way.name} {number(crowd.rate)} answers a second, half of them within "
        f"{number(crowd.quantile(0.5) * 1e3)} ms, 99 of 100 within {number(crowd.quantile(0.99) * 1e3)} ms"
        for crowd in crowds) + f". The clients share the {machine.cores()} cores with the servers.")
    section.at_most("answers of eight clients that differ", 0, different)


def show_pictures(bench, section, vdms, joins, files, origin):
    """Pictures as arrays of a wanted size: made while one waits, and made before."""
    bench.say("pictures")
    draw, different, farthest = Questions(13), 0, 0
    for kind, wanted, about in (
            ("never asked before", 2.5, "no picture was asked for in that size before, so all are made"),
            ("asked before", 5, "the smaller pictures were made before, and are read")):
        ways = [vdms, joins]
        for index in range(bench.rounds):
            # A size of its own for each round: what was made for another is of no use to it.
            question = draw.pictures([224, 215 + index if wanted < 5 else 224], files)
            if wanted == 5:
                vdms.ask(kind, question, counts=False)
            answers = [way.ask(kind, question, compare=index == 0) for way in ways]
            different += answers[0]["count"] != answers[1]["count"]
            if index == 0:
                different += answers[0]["digest"] != answers[1]["digest"]
                farthest = max(farthest, max(
                    abs(a - b) for mine, theirs in zip(answers[0]["means"], answers[1]["means"])
                    for a, b in zip(mine, theirs)))
        section.table(f"100 pictures {kind}", f"an answer of 100 arrays of some 224 × 224 pixels; {about}",
                      [way.figures[kind] for way in ways])
        section.at_least(f"100 pictures {kind}: times the speed of SQL, nginx and OpenCV, wall", wanted,
                         vdms.figures[kind].ratio(joins.figures[kind], "wall"), " ×")
        mine, theirs = (statistics.median(way.bytes[kind]) for way in ways)
        section.at_most(f"100 pictures {kind}: of the peer's bytes", 1 / 7, mine / theirs)
        section.note(
            f"100 pictures {kind}: {mine / 1e6:.2f} MB came instead of {theirs / 1e6:.2f} MB; the client's own process "
            f"took {number(vdms.client_share(kind) * 1e3)} ms of CPU instead of "
            f"{number(joins.client_share(kind) * 1e3)} ms.")
    section.note(f"Pictures: {files:,} that differ, {origin}, which the images have in turn. The peer's client decodes "
                 "them in full and makes them smaller with INTER_AREA; ours decodes JPEGs that are small already. The "
                 f"mean of no colour in no picture differs by more than {farthest:.1f} of 255.")
    section.at_most("answers with other pictures", 0, different)
