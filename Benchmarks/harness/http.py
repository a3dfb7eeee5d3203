"""Servers that are asked in turn by wrk on the same machine."""

import re
import socket
import statistics
import urllib.request
from dataclasses import dataclass, field

from harness.contest import Measured
from harness.programs import ProgramFailed, run_program


@dataclass
class Asked:
    """A running server and what is asked of it: a file with a path a line."""
    server: object
    address: str
    paths: object
    figures: Measured
    latencies: list = field(default_factory=list)  # (50th, 99th percentile), microseconds

    @property
    def rate(self):
        return 1 / self.figures.wall_median

    @property
    def slowest(self):
        """The median of the rounds' 99th percentiles, in milliseconds."""
        return statistics.median(pair[1] for pair in self.latencies) / 1e3


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def get(address, path):
    with urllib.request.urlopen(f"http://{address}{path}", timeout=60) as response:
        return response.read()


def answers(address):
    """Whether somebody accepts connections there."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
        return True
    except OSError:
        return False


def take_turns(bench, asked, rounds, seconds, connections=32):
    """Asks each server for `seconds` a round; CPU time is the server's alone, wrk's own not counted."""
    for index in range(rounds + 1):
        for one in asked:
            before = one.server.cpu()
            output = run_program([
                "wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", "--script",
                bench.peers / "wrk.lua", f"http://{one.address}", "--", one.paths]).output.decode()
            used = one.server.cpu() - before
            match = re.search(r"^RESULT (\d+) (\d+) (\d+) (\d+) (\d+)$", output, re.MULTILINE)
            if not match or int(match[3]) or not int(match[1]):
                raise ProgramFailed(f"wrk at {one.figures.name}: {output.strip()[-300:]}")
            count = int(match[1])
            if index > 0:
                one.figures.wall.append(int(match[2]) / 1e6 / count)
                one.figures.cpu.append(used / count)
                one.latencies.append((int(match[4]), int(match[5])))
