#!/usr/bin/env python3
"""Finds missing fsyncs: records what a program writes, then rebuilds what a power cut would have left.

A killed process leaves the page cache alive, so it cannot show that a sync is missing. Here a run of the
program is recorded (recorder.c, preloaded), and for each sync the directory is rebuilt as it may stand after
the power failed just before that sync returned. A command of yours then says whether that state is sound and
holds everything that the program had acknowledged until then.

    replay.py record --root DIR --trace TRACE [--ignore GLOB]... -- COMMAND...
    replay.py check  --trace TRACE --check 'COMMAND {state} {acknowledged}' [--variants v,...] [--limit N]
                     [--seed N] [--only NAME] [--keep DIR] [--jobs N]
    replay.py list   --trace TRACE

For an ingest, with its verdicts on standard output as acknowledgements:

    mkdir store
    replay.py record --root store --trace trace -- fovea add --json --store store photos
    replay.py check --trace trace --check 'check-store {state} {acknowledged}'

where check-store, yours, runs `fovea verify --store {state}` and looks up each acknowledged line.

`record` copies DIR as it is before, runs COMMAND, and exits with its status. What COMMAND writes to standard
output is passed on, and taken down as its acknowledgements: let it flush each when it gives it. COMMAND may
start other programs; all that run at the same time share one trace. A COMMAND that is killed leaves a trace
that can be checked. Then DIR must equal what the trace adds up to, byte for byte: if something changed a file
behind the recorder's back (raw system calls, stdio, stores to a mapping), `record` says so and exits with 3.
Leave DIR as it is until then, and TRACE outside of it; TRACE must not exist.

`check` rebuilds states in temporary directories and runs the check command on each, split as a shell would,
with {state} replaced by the directory and {acknowledged} by a file of everything acknowledged before the
power cut. It exits with 0 if the command did for every state, else with 1, and shows the first failures;
--keep keeps the directories of those that failed. Every state has a name, such as `torn:17:4711`, with which
--only repeats it. At most --limit states of each variant are checked, drawn by --seed; the first and the last
are always among them. The check command may change the state: it is a copy.

What survives depends on the variant:

strict   Only what was synced: of a file what was written before the last fsync or fdatasync of it that has
         returned began; of a directory the names that were there when its last fsync began. A file without a
         durable name is gone, with its content. This is all that POSIX promises.
eager    All names are durable at once, data only when synced: the rename that overtakes its data.
journal  A sync of anything makes all names durable that were there when it began, as the journals of ext4,
         XFS and Btrfs do in effect; data only when synced.
torn     As strict, and of everything not synced a random part: whole sectors of 512 or 4,096 bytes,
         truncations, and of each directory's changes the first few. A sector that is lost inside the file
         holds zeros.

A rename within a directory is atomic. Between two directories it is two changes, each durable with its own
directory: after a crash the file may have both names or none in `strict` and `torn`; `eager` and `journal`
keep it whole. SQLite stands all four with journal_mode=WAL and synchronous=FULL, and with rollback journals
and synchronous=EXTRA. Files that match --ignore (`*-shm` always: SQLite's index of its log, which is mapped
memory and no data) are left out.

The comparison at the end of `record` shows for each run that no change passed the recorder by. That no sync
did, which would make `check` too strict and never too lenient, is seen by counting once:
`strace -f -c -e trace=fsync,fdatasync COMMAND` against `replay.py list | grep -c synced`.
"""

import argparse
import concurrent.futures
import fnmatch
import os
import random
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile

from crashmodel import (
    LINK, OPEN, RENAME, SYNC_ALL_END, SYNC_END, UNLINK, Model, TraceError, difference, materialise,
    read_trace,
)

HERE = os.path.dirname(os.path.abspath(__file__))
VARIANTS = ("strict", "eager", "journal", "torn")


def ignoring(patterns):
    return lambda name: any(fnmatch.fnmatch(os.fsdecode(name), pattern) for pattern in patterns)


def compile_recorder(directory):
    library = os.path.join(directory, "recorder.so")
    for compiler in ("cc", "clang", "gcc"):
        if shutil.which(compiler):
            source = os.path.join(HERE, "recorder.c")
            command = [compiler, "-O1", "-Wall", "-fPIC", "-shared", source, "-o", library]
            subprocess.run(command + ["-ldl", "-pthread"], check=True)
            return library
    raise TraceError("no C compiler: cc, clang or gcc is needed to build the recorder")


def record(options):
    root = os.path.realpath(options.root)
    trace = os.path.abspath(options.trace)
    if os.path.commonpath([root, trace]) == root:
        raise TraceError("the trace cannot lie in the directory that it is of")
    os.makedirs(trace)
    ignored = ignoring(options.ignore)
    shutil.copytree(
        root, os.path.join(trace, "initial"), symlinks=True,
        ignore=lambda directory, names: [
            name for name in names
            if ignored(name) or stat.S_ISSOCK(os.lstat(os.path.join(directory, name)).st_mode)
        ])
    with open(os.path.join(trace, "ignored"), "w") as file:
        file.write("\n".join(options.ignore))
    with tempfile.TemporaryDirectory() as build:
        environment = dict(os.environ)
        library = compile_recorder(build)
        environment["LD_PRELOAD"] = " ".join(filter(None, [library, os.environ.get("LD_PRELOAD")]))
        environment["CRASHTRACE_ROOT"] = root
        environment["CRASHTRACE_OUT"] = os.path.join(trace, "events")
        output = os.fstat(1)
        environment["CRASHTRACE_ACK"] = "%d:%d" % (output.st_dev, output.st_ino)
        # A sanitizer's runtime insists on being loaded first; the recorder takes nothing from it.
        environment.setdefault("ASAN_OPTIONS", "verify_asan_link_order=0")
        open(os.path.join(trace, "events"), "wb").close()
        status = subprocess.run(options.command, env=environment).returncode
    model = Model(trace, ignored)
    events = read_trace(trace)
    for time, event in enumerate(events):
        model.step(time, event)
    found = difference(model, model.root, os.fsencode(root))
    if found:
        raise TraceError("the trace is not complete: " + found)
    syncs = sum(event.kind in (SYNC_END, SYNC_ALL_END) for event in events)
    print("%d events, %d syncs recorded" % (len(events), syncs), file=sys.stderr)
    # Killed by a signal: as a shell reports it.
    return status if status >= 0 else 128 - status


def crash_points(events, variant):
    """The times at which the power fails: before the event of that place in the trace."""
    points = [time for time, event in enumerate(events) if event.kind in (SYNC_END, SYNC_ALL_END)]
    if variant != "strict":
        # What a sync would make good is worst before the sync, what a name shows of lost data right after it.
        points += [time + 1 for time, event in enumerate(events) if event.kind in (RENAME, UNLINK, LINK)]
    return sorted(set(points + [len(events)]))


def choose(points, limit, chance):
    """At most `limit` of `points`, the first and the last among them."""
    if len(points) <= limit:
        return points
    return sorted(set([points[0], points[-1]] + chance.sample(points[1:-1], max(0, limit - 2))))


def plan(events, variants, limit, seed, only):
    """The states to check: for each variant the crash points with a seed each."""
    chosen = {}
    if only:
        variant, point, state_seed = only.split(":")
        return {variant: [(int(point), int(state_seed))]}
    for variant in variants:
        chance = random.Random("%d %s" % (seed, variant))
        points = crash_points(events, variant)
        times = choose(points, limit, chance)
        chosen[variant] = [(time, chance.randrange(1 << 30)) for time in times]
        if variant == "torn":
            # One cut has many outcomes: what the limit leaves room for goes into further ones.
            for _ in range(limit - len(times)):
                chosen[variant].append((chance.choice(points), chance.randrange(1 << 30)))
            chosen[variant].sort()
    return chosen


def running(command):
    """The judge of states that runs a command; returns its status and what it wrote."""

    def judge(state, acknowledged):
        words = [
            word.replace("{state}", state).replace("{acknowledged}", acknowledged)
            for word in shlex.split(command)
        ]
        result = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return result.returncode, result.stdout.decode(errors="replace")

    return judge


def judged(trace, judge, variants=VARIANTS, limit=100, seed=1, only=None, keep=None, jobs=1):
    """Rebuilds the chosen states, and yields name, status and output of the judge for each."""
    events = read_trace(trace)
    with open(os.path.join(trace, "ignored")) as file:
        ignored = ignoring(file.read().split("\n"))

    def finish(name, directory, future):
        status, output = future.result()
        if status != 0 and keep:
            shutil.copytree(directory, os.path.join(keep, name), symlinks=True)
        shutil.rmtree(directory)
        return name, status, output

    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for variant, states in plan(events, variants, limit, seed, only).items():
            model = Model(trace, ignored, journal=variant == "journal")
            waiting = []
            time = 0
            for point, state_seed in states:
                while time < point:
                    model.step(time, events[time])
                    time += 1
                name = "%s:%d:%d" % (variant, point, state_seed)
                directory = os.path.join(scratch, name)
                state = os.path.join(directory, "state")
                acknowledged = os.path.join(directory, "acknowledged")
                os.makedirs(state)
                materialise(model, variant, random.Random(state_seed), state)
                with open(acknowledged, "wb") as file:
                    file.writelines(model.acknowledged)
                if len(waiting) >= jobs:
                    yield finish(*waiting.pop(0))
                waiting.append((name, directory, pool.submit(judge, state, acknowledged)))
            for entry in waiting:
                yield finish(*entry)


def check(options):
    count = failures = 0
    for name, status, output in judged(
        options.trace, running(options.check), options.variants.split(","), options.limit, options.seed,
        options.only, options.keep, options.jobs,
    ):
        count += 1
        if status != 0:
            failures += 1
            if failures <= 5:
                print("FAILED %s (status %d)\n%s" % (name, status, output), flush=True)
    print("%d states checked, %d failed" % (count, failures))
    return 1 if failures else 0


def list_events(options):
    names = {}
    for time, event in enumerate(read_trace(options.trace)):
        if event.kind == OPEN:
            names[event.a] = os.fsdecode(event.path)
        subject = names.get(event.a, "") if not event.path else ""
        print(time, event, subject)
    return 0


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True)
    verb = verbs.add_parser("record", help="run a program and record what it writes")
    verb.add_argument("--root", required=True)
    verb.add_argument("--trace", required=True)
    verb.add_argument("--ignore", action="append", default=["*-shm"])
    verb.add_argument("command", nargs="+")
    verb.set_defaults(run=record)
    verb = verbs.add_parser("check", help="check the states that power cuts would have left")
    verb.add_argument("--trace", required=True)
    verb.add_argument("--check", required=True)
    verb.add_argument("--variants", default=",".join(VARIANTS))
    verb.add_argument("--limit", type=int, default=100, help="states to check of each variant")
    verb.add_argument("--seed", type=int, default=1)
    verb.add_argument("--only", help="one state, by its name")
    verb.add_argument("--keep", help="a directory for the states that failed")
    verb.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    verb.set_defaults(run=check)
    verb = verbs.add_parser("list", help="list the events of a trace")
    verb.add_argument("--trace", required=True)
    verb.set_defaults(run=list_events)
    options = parser.parse_args()
    try:
        return options.run(options)
    except TraceError as error:
        print("error: %s" % error, file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main())
