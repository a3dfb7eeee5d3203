"""Programs that are measured from outside: run to their end, or served from until they are stopped."""

import os
import signal
import subprocess
import tempfile
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
    peak: int  # bytes of the largest process
    output: bytes


def run_program(command, environment=None, statuses=(0,), folder=None):
    """Runs a program to its end. `cpu` and `peak` include children that it waited for."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        begin = time.monotonic()
        process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output, stderr=errors, cwd=folder,
            env={**os.environ, **(environment or {})})
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode not in statuses:
            raise ProgramFailed(f"{Path(command[0]).name} {command[1]}: exit {process.returncode}: "
                                f"{errors.read().decode(errors='replace').strip()[-500:]}")
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, output.read())


class Server:
    """A program that serves until the `with` ends."""

    def __init__(self, command, environment=None, folder=None):
        self.output, self.errors = tempfile.NamedTemporaryFile(), tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.errors,
            cwd=folder, env={**os.environ, **(environment or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
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
            for task in Path(f"/proc/{pid}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        return found

    def cpu(self):
        """Seconds of CPU that its processes have used."""
        total = 0
        for pid in self.processes:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / os.sysconf("SC_CLK_TCK")

    def memory(self, what="VmRSS"):
        """Bytes of its own process's `VmRSS`, or of its peak, `VmHWM`."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(what + ":"):
                return int(line.split()[1]) * 1024
        raise ProgramFailed(f"/proc/{self.process.pid}/status has no {what}")
