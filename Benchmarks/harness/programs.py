"""Programs that are measured from outside: run to their end, or served from until they are stopped."""

import os
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path


class ProgramFailed(Exception):
    """A program ended with another status than asked for, or did not start."""


@dataclass
class Run:
    """One run of a program with all the processes that it began."""
    wall: float  # seconds
    cpu: float  # seconds, user and system
    output: bytes
    peak: int = 0  # bytes, where the memory was watched


def run_program(command, environment=None, statuses=(0,), folder=None, watches_memory=False):
    """Runs a program to its end. `cpu` includes children that it waited for."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        begin = time.monotonic()
        process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output, stderr=errors, cwd=folder,
            env={**os.environ, **(environment or {})})
        watch = MemoryWatch(process.pid) if watches_memory else None
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begin
        peak = watch.end() if watch else 0
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode not in statuses:
            raise ProgramFailed(f"{Path(command[0]).name} {command[1]}: exit {process.returncode}: "
                                f"{errors.read().decode(errors='replace').strip()[-500:]}")
        return Run(wall, usage.ru_utime + usage.ru_stime, output.read(), peak)


def memory_of(pid, what):
    """Bytes of a process's `VmRSS`, or of its peak, `VmHWM`; `None` once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(what + ":")), None)


def cpu_of(pid):
    """Seconds of CPU that a process has used, all its threads, to the nanosecond: its clock, as
    clock_getcpuclockid(3) names it; 0 once it has ended."""
    try:
        return time.clock_gettime(~pid << 3 | 2)
    except OSError:
        return 0


class MemoryWatch:
    """Looks at a process's peak until it ends. The `ru_maxrss` of its end would not do: it counts what the process
    that began it had, where that was more."""

    def __init__(self, pid):
        self.pid, self.peak, self.ended = pid, 0, threading.Event()
        self.thread = threading.Thread(target=self.look)
        self.thread.start()

    def look(self):
        while not self.ended.is_set():
            self.peak = memory_of(self.pid, "VmHWM") or self.peak
            self.ended.wait(0.01)

    def end(self):
        self.ended.set()
        self.thread.join()
        return self.peak


class Server:
    """A program that serves until the `with` ends."""

    def __init__(self, command, environment=None, folder=None, end_signal=signal.SIGTERM):
        self.end_signal = end_signal
        self.output, self.errors = tempfile.NamedTemporaryFile(), tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.errors,
            cwd=folder, env={**os.environ, **(environment or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(self.end_signal)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.output.close()
        self.errors.close()

    def wait_until(self, ready, patience=60):
        """Waits for `ready()` to give something that is not false, and gives that."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            if answer := ready():
                return answer
            time.sleep(0.02)
        self.errors.seek(0)
        raise ProgramFailed(f"{self.process.args[0]} did not start: {self.errors.read().decode()[-500:]}")

    def first_line(self):
        """The first whole line that it printed, or an empty text."""
        text = Path(self.output.name).read_text()
        return text.partition("\n")[0] if "\n" in text else ""

    @property
    def processes(self):
        """Its process and those below it."""
        found, waiting = [], [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            try:
                for task in Path(f"/proc/{pid}/task").iterdir():
                    waiting += [int(child) for child in (task / "children").read_text().split()]
            except OSError:
                pass  # it has ended meanwhile
        return found

    def cpu(self):
        """Seconds of CPU that its processes have used, those that have ended not counted."""
        return sum(cpu_of(pid) for pid in self.processes)

    def wait_until_idle(self, patience=120):
        """Waits until it has used next to no CPU for a second: what it does in the background is done."""
        deadline, before = time.monotonic() + patience, self.cpu()
        while time.monotonic() < deadline:
            time.sleep(1)
            now = self.cpu()
            if now - before < 0.03:
                return
            before = now

    def memory(self, what="VmRSS"):
        """Bytes of its own process's `VmRSS`, or of its peak, `VmHWM`."""
        found = memory_of(self.process.pid, what)
        if found is None:
            raise ProgramFailed(f"/proc/{self.process.pid}/status has no {what}")
        return found
