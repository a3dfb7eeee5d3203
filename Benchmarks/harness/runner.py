"""Builds, runs the benchmarks that were asked for, and reports."""

import argparse
import fcntl
import importlib
import os
import pkgutil
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

import cases
from harness import machine, report
from harness.contest import ContenderFailed, contest
from harness.programs import ProgramFailed

ROOT = Path(__file__).resolve().parent.parent.parent


class Bench:
    """What a benchmark is given."""

    def __init__(self, is_quick):
        self.is_quick = is_quick
        # An odd number, so that a median is a measurement.
        self.rounds = 3 if is_quick else 11
        self.root = ROOT
        self.python = ROOT / ".venv" / "bin" / "python"
        self.peers = ROOT / "Benchmarks" / "peers"
        # What is made for the benchmarks and kept: inputs.
        self.kept = ROOT / ".tools" / "benchmarks"
        self.kept.mkdir(parents=True, exist_ok=True)
        self.scratch = None  # a folder of the benchmark that runs, gone after it

    def program(self, name):
        """An executable of Package.swift, optimised."""
        return ROOT / ".build" / "release" / name

    def contest(self, workers, argument="", rounds=None):
        """Lets open workers take turns; see `harness.contest`."""
        return contest(workers, rounds or self.rounds, argument)

    def say(self, text):
        print(f"    {text}", file=sys.stderr, flush=True)


def find_cases():
    """The modules of `cases` by name, in the order of the run."""
    names = [info.name for info in pkgutil.iter_modules(cases.__path__)]
    modules = {name: importlib.import_module(f"cases.{name}") for name in names}
    return dict(sorted(modules.items(), key=lambda item: (item[1].ORDER, item[0])))


def build(products):
    swift = subprocess.run(
        [ROOT / "scripts" / "find-swift"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    for product in sorted(products):
        subprocess.run(
            [swift, "build", "-c", "release", "--static-swift-stdlib", "--product", product,
             "--explicit-target-dependency-import-check", "error"],
            cwd=ROOT, check=True, stdout=sys.stderr, env={**os.environ, "FOVEA_BENCHMARKS": "1"})


def main(arguments, usage):
    parser = argparse.ArgumentParser(prog="Benchmarks/run", usage="\n" + usage, add_help=False)
    parser.add_argument("names", nargs="*")
    for flag in ("--quick", "--list", "--no-build", "--help", "-h"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--results", type=Path, default=ROOT / "Benchmarks" / "results")
    options = parser.parse_args(arguments)
    if options.help or options.h:
        print(usage.strip())
        return 0
    known = find_cases()
    if options.list:
        print("\n".join(known))
        return 0
    if unknown := [name for name in options.names if name not in known]:
        print(f"Benchmarks/run: there is no benchmark {unknown[0]}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    # Ends the `with`s, and with them the servers and workers that were started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chosen = {name: case for name, case in known.items() if not options.names or name in options.names}
    if not options.no_build:
        build(set().union(*(case.PRODUCTS for case in chosen.values())))
    bench = Bench(options.quick)
    # Two runs at once would measure each other. The lock ends with the process.
    with open(bench.kept / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Benchmarks/run: another run measures already; try again when it has ended", file=sys.stderr)
            return 2
        return run(chosen, bench, None if options.quick else options.results)


def run(chosen, bench, results):
    """Runs the cases one after the other; one that fails does not keep the others from running."""
    file = report.ResultFile(results, ROOT) if results else None
    # What a failed or interrupted run left behind is of no use to this one.
    work = bench.kept / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    failed, missed = [], []
    for name, case in chosen.items():
        print(f"{name}", file=sys.stderr, flush=True)
        begin, load = time.monotonic(), machine.load()
        try:
            with tempfile.TemporaryDirectory(dir=work, prefix=f"{name}-") as folder:
                bench.scratch = Path(folder)
                section = case.run(bench)
        except (ContenderFailed, ProgramFailed) as failure:
            print(f"Benchmarks/run: {name}: {failure}", file=sys.stderr)
            failed.append(name)
            continue
        except Exception:
            traceback.print_exc()
            failed.append(name)
            continue
        print(report.text_of(section), flush=True)
        missed += [f"{name}: {check.text}; measured {check.got}" for check in section.checks if not check.met]
        if file:
            file.put(name, case.ORDER, section, load, file.machine["commit"])
        print(f"    {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
    for line in missed:
        print(f"Benchmarks/run: missed: {line}", file=sys.stderr)
    if failed:
        print(f"Benchmarks/run: did not run to the end: {' '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0
