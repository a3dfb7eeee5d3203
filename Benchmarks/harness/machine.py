"""What the figures were measured on, and with what."""

import importlib.metadata
import os
import platform
import re
import subprocess
from pathlib import Path


def cpu_model():
    match = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return match[1] if match else platform.machine()


def name():
    """A short name for the kind of machine, fit for a file's name: `amd-epyc-2`."""
    text = re.sub(r"\((?:r|tm)\)|\bcpu\b|\bprocessor\b|@.*|\d+-core", " ", cpu_model(), flags=re.IGNORECASE)
    words = re.findall(r"[a-z0-9]+", text.lower())
    return "-".join([*words[:4], str(cores())])


def cores():
    return len(os.sched_getaffinity(0))


def memory():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def load():
    """How many threads wanted to run in the last minute."""
    return os.getloadavg()[0]


def first_line(*command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip().splitlines()[0] if done.stdout.strip() else None


def package(name):
    return first_line("dpkg-query", "--show", "--showformat", "${Version}\n", name)


def python(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def description(root):
    swift = first_line(str(root / "scripts" / "find-swift"))
    return {
        "cpu": cpu_model(), "cores": cores(), "memory_gib": round(memory() / 2**30, 1),
        "kernel": platform.release(), "system": platform.freedesktop_os_release().get("PRETTY_NAME", ""),
        "swift": first_line(swift, "--version") if swift else None,
        "commit": first_line("git", "-C", str(root), "describe", "--always", "--dirty", "--exclude", "*"),
    }
