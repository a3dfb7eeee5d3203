"""Figures as they are printed and written down."""

import datetime
import json
from dataclasses import asdict, dataclass, field

from harness import machine
from harness.contest import Measured, OURS


@dataclass
class Table:
    """Contenders beside each other. `unit` is what one item is: `ms of CPU for one …`."""
    title: str
    item: str
    rows: list
    scale: float = 1e3
    unit: str = "ms"


@dataclass
class Check:
    """A target: `text` says what was wanted, `got` what was seen."""
    text: str
    got: str
    met: bool


@dataclass
class Section:
    """What one benchmark found."""
    title: str
    question: str
    tables: list = field(default_factory=list)
    checks: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    versions: list = field(default_factory=list)  # `Pillow 10.4.0`
    floor: str = ""  # the physical limit that the figures stand beside

    def table(self, title, item, rows, scale=1e3, unit="ms"):
        self.tables.append(Table(title, item, rows, scale, unit))

    def at_least(self, text, wanted, got, unit=""):
        self.checks.append(Check(f"{text}: at least {wanted:g}{unit}", f"{number(got)}{unit}", got >= wanted))

    def at_most(self, text, wanted, got, unit=""):
        self.checks.append(Check(f"{text}: at most {wanted:g}{unit}", f"{number(got)}{unit}", got <= wanted))

    def note(self, text):
        self.notes.append(text)


def number(value):
    """Three digits that count."""
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    if value != 0 and abs(value) < 0.001:
        return f"{value:.2e}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"


def text_of(section):
    """The section as Markdown."""
    lines = [f"## {section.title}", "", section.question, ""]
    for table in section.tables:
        lines += markdown(table)
    if section.floor:
        lines += [f"Floor: {section.floor}", ""]
    for check in section.checks:
        lines.append(f"- {'met' if check.met else '**missed**'}: {check.text}; measured {check.got}")
    if section.checks:
        lines.append("")
    for note in section.notes:
        lines += [note, ""]
    if section.versions:
        # Contenders of one library say the same of themselves.
        versions = dict.fromkeys(part for text in section.versions for part in text.split(", ") if part)
        lines += ["With " + ", ".join(versions) + ".", ""]
    return "\n".join(lines)


def markdown(table):
    """A table whose ratios say how many times as long each contender took as ours."""
    ours = next((row for row in table.rows if row.role == OURS), None)
    has_cpu = any(row.cpu for row in table.rows)
    head = [table.title or "contender", "role"]
    if has_cpu:
        head.append(f"CPU, {table.unit}")
    head.append(f"wall, {table.unit}")
    if ours:
        head += ["CPU ÷ ours"] * has_cpu + ["wall ÷ ours"]
    head += ["spread", "rounds"]
    body = []
    for row in table.rows:
        cells = [row.name, row.role]
        if has_cpu:
            cells.append(number(row.cpu_median * table.scale if row.cpu else None))
        cells.append(number(row.wall_median * table.scale))
        if ours:
            if has_cpu:
                cells.append(number(ours.ratio(row, "cpu")))
            cells.append(number(ours.ratio(row, "wall")))
        cells += [f"±{row.spread / 2:.0%}" if row.spread is not None else "–", str(len(row.wall))]
        body.append(cells)
    widths = [max(len(line[column]) for line in [head, *body]) for column in range(len(head))]
    aligned = [cell.ljust(width) if index < 2 else cell.rjust(width)
               for index, (cell, width) in enumerate(zip(head, widths))]
    rule = ["-" * width if index < 2 else "-" * (width - 1) + ":" for index, width in enumerate(widths)]
    lines = ["| " + " | ".join(aligned) + " |", "| " + " | ".join(rule) + " |"]
    for cells in body:
        lines.append("| " + " | ".join(
            cell.ljust(width) if index < 2 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(cells, widths))) + " |")
    return [f"One item is {table.item}.", "", *lines, ""]


# MARK: - Files

class ResultFile:
    """The figures of one day on one machine: a JSON file, and the Markdown that is made from it."""

    def __init__(self, folder, root):
        stem = f"{datetime.date.today().isoformat()}-{machine.name()}"
        self.json, self.markdown = folder / f"{stem}.json", folder / f"{stem}.md"
        self.machine = machine.description(root)

    def put(self, name, order, section, load, commit):
        """Puts a benchmark's figures in the place of earlier ones of that name."""
        self.json.parent.mkdir(parents=True, exist_ok=True)
        content = json.loads(self.json.read_text()) if self.json.exists() else {"benchmarks": {}}
        content["machine"] = self.machine
        content["benchmarks"][name] = {
            "order": order, "measured_at": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
            "commit": commit, "load_before": round(load, 2), **asdict(section),
        }
        for path, text in [(self.json, json.dumps(content, indent=1, ensure_ascii=False) + "\n"),
                           (self.markdown, page(content))]:
            temporary = path.with_suffix(path.suffix + ".new")
            temporary.write_text(text)
            temporary.rename(path)


def page(content):
    """The Markdown of a whole result file."""
    about = content["machine"]
    lines = [
        "# Measurements", "",
        f"{about['cpu']}, {about['cores']} cores, {about['memory_gib']} GiB; {about['system']}, "
        f"kernel {about['kernel']}; {about['swift']}.", "",
        "How to read these tables, and what each benchmark does: [README](../README.md). The figures themselves,",
        "round by round, are in the JSON file beside this one.", "",
    ]
    benchmarks = sorted(content["benchmarks"].items(), key=lambda item: (item[1]["order"], item[0]))
    for name, entry in benchmarks:
        lines.append(text_of(section_from(entry)))
        lines.append(f"`Benchmarks/run {name}` at {entry['measured_at']}, commit {entry['commit']}, load before "
                     f"{entry['load_before']}.\n")
    return "\n".join(lines)


def section_from(entry):
    """The section that was written down as `entry`."""
    return Section(
        entry["title"], entry["question"],
        [Table(table["title"], table["item"], [Measured(**row) for row in table["rows"]], table["scale"],
               table["unit"]) for table in entry["tables"]],
        [Check(**check) for check in entry["checks"]], entry["notes"], entry["versions"], entry["floor"])
