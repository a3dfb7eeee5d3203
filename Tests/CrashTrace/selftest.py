#!/usr/bin/env python3
"""Shows that replay.py finds what is wrong and only that: small programs with known right and wrong orders.

Without arguments, runs every program below under the recorder (as `selftest.py run NAME STEPS DIRECTORY`),
checks the states, and compares with what must be found.
"""

import concurrent.futures
import ctypes
import mmap
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile

import replay

HERE = os.path.dirname(os.path.abspath(__file__))
REPLAY = os.path.join(HERE, "replay.py")


def acknowledge(line):
    os.write(1, (line + "\n").encode())


def sync_directory(path):
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(directory)
    os.close(directory)


def lines(directory, steps):
    """Appends a line to each of three files in turn, and acknowledges it; `steps` says how."""
    for number in range(12):
        path = os.path.join(directory, "lines%d" % (number % 3))
        if steps == "acknowledged before the sync":
            acknowledge("line %d" % number)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        if steps == "synced before the write":
            os.fdatasync(file)
        os.write(file, b"line %d %s\n" % (number, b"x" * 600))
        if steps == "synced but once" and number != 0:
            pass
        elif steps not in ("never synced", "synced before the write"):
            os.fdatasync(file)
        os.close(file)
        if steps != "name not synced" and number < 3:
            sync_directory(directory)
        if steps != "acknowledged before the sync":
            acknowledge("line %d" % number)


def replaced(directory, steps):
    """Replaces a file's content by renaming another over it."""
    for number in range(6):
        temporary = os.path.join(directory, "temporary")
        file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        content = b"line %d " % number + b"y" * 5000
        os.write(file, content[:100])
        os.pwrite(file, content[100:], 100)
        if steps != "renamed before the sync":
            os.fsync(file)
        os.rename(temporary, os.path.join(directory, "whole"))
        if steps == "renamed before the sync":
            os.fsync(file)
        os.close(file)
        if steps != "rename not synced":
            sync_directory(directory)
        acknowledge("line %d" % number)


def moved(directory, steps):
    """Makes a file in one new directory and moves it to another."""
    for name in ("from", "to"):
        os.mkdir(os.path.join(directory, name))
    if steps != "directories not synced":
        sync_directory(directory)
    for number in range(4):
        source = os.path.join(directory, "from", str(number))
        file = os.open(source, os.O_WRONLY | os.O_CREAT, 0o644)
        os.write(file, b"line %d" % number)
        os.fsync(file)
        os.close(file)
        os.rename(source, os.path.join(directory, "to", str(number)))
        sync_directory(os.path.join(directory, "from" if steps == "source synced" else "to"))
        acknowledge("line %d" % number)


def database(directory, steps):
    """Inserts rows into SQLite; `steps` are a journal mode and a level of synchronous."""
    mode, level = steps.split()
    connection = sqlite3.connect(os.path.join(directory, "rows.sqlite"), isolation_level=None)
    connection.execute("PRAGMA journal_mode=%s" % mode)
    connection.execute("PRAGMA synchronous=%s" % level)
    connection.execute("PRAGMA wal_autocheckpoint=8")
    connection.execute("CREATE TABLE rows (line TEXT, filling BLOB)")
    for number in range(15):
        connection.execute("INSERT INTO rows VALUES (?, zeroblob(3000))", ("line %d" % number,))
        acknowledge("line %d" % number)
    connection.close()


def unseen(directory, steps):
    """Writes behind the recorder's back."""
    path = os.path.join(directory, "file")
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    os.write(file, b"a" * 4096)
    libc = ctypes.CDLL(None, use_errno=True)
    if steps == "by a raw system call":
        # pwrite64 is 18 on x86-64; elsewhere another call, which then leaves nothing to be found.
        libc.syscall(18 if os.uname().machine == "x86_64" else 68, file, b"b" * 10, 10, 0)
    elif steps == "through a mapping":
        with mmap.mmap(file, 4096) as mapping:
            mapping[0] = 66
    else:
        libc.fopen.restype = ctypes.c_void_p
        stream = libc.fopen(os.fsencode(os.path.join(directory, "stdio")), b"w")
        libc.fputs(b"hello\n", ctypes.c_void_p(stream))
        libc.fclose(ctypes.c_void_p(stream))


def everything(directory, steps):
    """Uses each call that the recorder knows, so that the comparison at the end covers them all."""
    place = lambda name: os.path.join(directory, name)
    file = os.open(place("a"), os.O_RDWR | os.O_CREAT, 0o644)
    os.write(file, b"0123456789")
    os.writev(file, [b"abc", b"", b"def"])
    os.pwritev(file, [b"XY", b"Z"], 3)
    os.ftruncate(file, 14)
    os.posix_fallocate(file, 0, 100)
    os.lseek(file, 50, os.SEEK_SET)
    os.write(os.dup(file), b"fifty")
    other = os.open(place("b"), os.O_WRONLY | os.O_CREAT, 0o644)
    os.lseek(file, 0, os.SEEK_SET)
    os.sendfile(other, file, 0, 20)
    os.close(other)
    other = os.open(place("c"), os.O_RDWR | os.O_CREAT, 0o644)
    os.copy_file_range(file, other, 30, offset_src=3, offset_dst=7)
    os.truncate(place("c"), 20)
    appending = os.open(place("b"), os.O_WRONLY | os.O_APPEND)
    os.pwrite(appending, b"at the end", 0)
    os.link(place("a"), place("hard"))
    os.symlink("a", place("soft"))
    os.mkdir(place("sub"))
    inside = os.open(place("sub"), os.O_RDONLY)
    os.mkdir("below", dir_fd=inside)
    os.close(os.open("file", os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=inside))
    os.rename("file", "other", src_dir_fd=inside, dst_dir_fd=inside)
    os.rename(place("c"), place("sub/c"))
    os.unlink(place("hard"))
    os.rmdir(place("sub/below"))
    os.sync()
    os.chdir(directory)
    with open("relative", "w") as text:
        text.write("relative\n")
    libc = ctypes.CDLL(None)
    name = ctypes.create_string_buffer(b"made-XXXXXX")
    made = libc.mkstemp(name)
    os.write(made, b"temporary")
    libc.mkdtemp(ctypes.create_string_buffer(b"directory-XXXXXX"))
    libc.remove(b"relative")
    if os.fork() == 0:
        os.write(made, b" and its child")
        os.close(os.open("child", os.O_WRONLY | os.O_CREAT, 0o644))
        os._exit(0)
    os.wait()
    subprocess.run(["sh", "-c", "echo from a shell > shell; mv shell sub/shell"], check=True)
    # Inherited across exec: the child knows the file by its descriptor alone.
    os.set_inheritable(made, True)
    subprocess.run(["sh", "-c", "echo inherited >&%d" % made], pass_fds=[made], check=True)
    if steps == "and is killed":
        os.kill(os.getpid(), signal.SIGKILL)


PROGRAMS = {
    program.__name__: program for program in (lines, replaced, moved, database, unseen, everything)
}

# Program, steps, what `record` must exit with, the variants that must fail (none: sound in all).
CASES = [
    ("lines", "right", 0, ""),
    ("lines", "acknowledged before the sync", 0, "strict eager journal torn"),
    ("lines", "never synced", 0, "strict eager journal torn"),
    ("lines", "synced before the write", 0, "strict eager journal torn"),
    ("lines", "synced but once", 0, "strict eager journal torn"),
    ("lines", "name not synced", 0, "strict torn"),
    ("replaced", "right", 0, ""),
    ("replaced", "renamed before the sync", 0, "eager torn"),
    ("replaced", "rename not synced", 0, "strict journal torn"),
    ("moved", "right", 0, ""),
    ("moved", "directories not synced", 0, "strict torn"),
    ("moved", "source synced", 0, "strict torn"),
    ("database", "WAL FULL", 0, ""),
    # What SQLite documents as the difference between the two: FULL does not sync the journal's removal.
    ("database", "DELETE EXTRA", 0, ""),
    ("database", "DELETE FULL", 0, "strict journal torn"),
    ("database", "WAL OFF", 0, "strict eager journal torn"),
    ("database", "DELETE OFF", 0, "strict eager journal torn"),
    ("unseen", "by a raw system call", 3, None),
    ("unseen", "through a mapping", 3, None),
    ("unseen", "through stdio", 3, None),
    ("everything", "and ends", 0, ""),
    ("everything", "and is killed", 128 + signal.SIGKILL, ""),
]


def check(name, state, acknowledged):
    """0 if `state` is sound and holds each acknowledged line, else 1."""
    with open(acknowledged) as file:
        expected = set(file.read().splitlines())
    found = set()
    if name == "database":
        connection = sqlite3.connect(os.path.join(state, "rows.sqlite"))
        try:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                return 1
            if connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                found = {row[0] for row in connection.execute("SELECT line FROM rows")}
        except sqlite3.DatabaseError:
            return 1
        finally:
            connection.close()
        return 0 if expected <= found else 1
    for directory, _, names in os.walk(state):
        for file in names:
            if name == "everything" or file == "temporary":
                continue
            with open(os.path.join(directory, file), "rb") as content:
                text = content.read()
            if file == "whole":
                # A later line supersedes the earlier ones, but never with half of its bytes.
                if not (text.startswith(b"line ") and text.endswith(b"y") and len(text) == 5007):
                    return 1
                found.update("line %d" % number for number in range(int(text.split()[1]) + 1))
            else:
                for line in text.decode(errors="replace").splitlines():
                    found.add(" ".join(line.split()[:2]))
    return 0 if expected <= found else 1


def problem(case):
    """Runs one case; says what is not as it must be, or None."""
    name, steps, status, failing = case
    with tempfile.TemporaryDirectory() as scratch:
        root, trace = os.path.join(scratch, "root"), os.path.join(scratch, "trace")
        os.mkdir(root)
        program = [sys.executable, os.path.abspath(__file__), "run", name, steps, root]
        recorded = subprocess.run(
            [sys.executable, REPLAY, "record", "--root", root, "--trace", trace, "--"] + program,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if recorded.returncode != status:
            return "recording exits with %d: %s" % (recorded.returncode, recorded.stderr)
        if failing is None:
            return None
        failed = set()
        for state, outcome, _ in replay.judged(trace, lambda *state: (check(name, *state), ""), limit=40):
            if outcome != 0:
                failed.add(state.split(":")[0])
        if failed != set(failing.split()):
            return "found by %s, not by %s" % (sorted(failed), failing.split())
    return None


def main():
    # More at once than processors: they wait for the disk.
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        problems = list(pool.map(problem, CASES))
    for case, found in zip(CASES, problems):
        if found:
            print("%s, %s: %s" % (case[0], case[1], found))
    count = sum(found is not None for found in problems)
    print("%d cases, %d problems" % (len(CASES), count))
    return 1 if count else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        PROGRAMS[sys.argv[2]](sys.argv[4], sys.argv[3])
    else:
        sys.exit(main())
