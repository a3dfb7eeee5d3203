"""Starts what the clients are tried against: a real `fovea serve`, or the fake that says yes to everything.

FOVEA_BINARY names the program. FOVEA_CLIENTS_AGAINST=always_ok puts the fake in its place.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
USER, PASSWORD = "admin", "Clients-0f-2026!"
STARTUP_SECONDS = 60


def is_fake():
    return os.environ.get("FOVEA_CLIENTS_AGAINST") == "always_ok"


def binary():
    return os.environ["FOVEA_BINARY"]


def fovea(*arguments, text="", check=True):
    """Runs `fovea` to its end and gives what it printed."""
    done = subprocess.run(
        [binary(), *map(str, arguments)], input=text, text=True, capture_output=True, timeout=120)
    if check and done.returncode != 0:
        raise RuntimeError(f"fovea {' '.join(map(str, arguments))} ended with {done.returncode}: {done.stderr}")
    return done


@dataclass
class Server:
    """A server that runs: its ports on 127.0.0.1, the file of its authority's certificate, and who may log in."""

    process: subprocess.Popen
    store: Path
    addresses: dict
    token: str
    user: str = USER
    password: str = PASSWORD
    host: str = "localhost"

    def port(self, name):
        return int(self.addresses[name].rsplit(":", 1)[1])

    @property
    def wire(self):
        return self.port("wire")

    @property
    def ca(self):
        if "ca" in self.addresses:
            return self.addresses["ca"]
        return str(next(path for path in sorted(self.store.rglob("ca*.pem")) if "key" not in path.name))

    def stop(self):
        if self.process.poll() is None:
            if self.process.stdin:
                self.process.stdin.close()
            self.process.terminate()
        self.process.wait(timeout=60)
        self.process.stdout.close()


class Stores:
    """Stores with their first user, each a copy of one that was made once: passwords are slow to hash.

    Most tests log in by the user's `token`, for the same reason.
    """

    token = "adbp_of_the_fake"

    def __init__(self, folder):
        self.folder = folder
        self.count = 0
        self.model = None

    def new(self):
        self.count += 1
        store = self.folder / f"store-{self.count}"
        if is_fake():
            store.mkdir()
            return store
        if self.model is None:
            self.model = self.folder / "model"
            fovea("init", "--store", self.model)
            fovea("user", "add", USER, "--role", "admin", "--password-stdin", "--store", self.model,
                  text=PASSWORD + "\n")
            Stores.token = fovea("user", "token", USER, "--store", self.model).stdout.strip()
        shutil.copytree(self.model, store, symlinks=True)
        return store


def start(store, *arguments):
    """Starts a server over `store` on ports of the system's choice, and waits until it says them."""
    if is_fake():
        command = [sys.executable, HERE / "always_ok.py", store]
    else:
        command = [binary(), "serve", "--store", store, "--wire", "127.0.0.1:0", "--http", "127.0.0.1:0",
                   "--https", "127.0.0.1:0", "--json", *arguments]
    log = open(store.parent / f"{store.name}.log", "wb")
    process = subprocess.Popen(
        list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
    log.close()
    line = process.stdout.readline()
    if not line:
        process.wait(timeout=STARTUP_SECONDS)
        raise RuntimeError(f"the server did not start: {Path(log.name).read_text()}")
    return Server(process, store, json.loads(line), Stores.token)


def temporary_folder():
    return Path(tempfile.mkdtemp(prefix="fovea-clients-"))
