"""What the tests of the clients share: a server a module, a client a test, names that no other test uses."""

import itertools
import os
import shutil
import sys

import pytest

os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("ADB_LOG_FILE", "")
os.environ.setdefault("LOG_CONSOLE_LEVEL", "CRITICAL")

import clients
import servers

if clients.SOLE is not None:
    collect_ignore_glob = ["test_aperture_*", "test_vdms_*", "test_always_ok*"]
elif clients.APERTURE is None:
    collect_ignore_glob = ["test_aperture_*"]
else:
    collect_ignore_glob = ["test_vdms_*"]
    if clients.IS_DECK_AGE:
        collect_ignore_glob += ["test_aperture_later_*"]
    else:
        collect_ignore_glob += ["test_aperture_deck_*"]
collect_ignore_glob += [f"test_{name}_*" for name in clients.OTHERS if name != clients.SOLE]
try:
    import torch  # noqa: F401
except ImportError:
    sys.path.insert(0, str(servers.HERE / "stand_in"))

numbers = itertools.count(1)


@pytest.fixture(scope="session")
def stores():
    folder = servers.temporary_folder()
    yield servers.Stores(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def server(stores):
    """A server with an empty store, one a module; `admin` may do everything, and so may VDMS's clients."""
    running = servers.start(stores.new(), "--anonymous-role", "admin")
    yield running
    running.stop()


@pytest.fixture
def db(server):
    """A connector of aperturedb over TLS, logged in."""
    client = clients.aperture(server)
    yield client
    del client


@pytest.fixture
def vdms(server):
    """A connected client of vdms."""
    client = clients.vdms(server)
    yield client
    client.disconnect()


@pytest.fixture
def name():
    """A word that no other test of this run uses, for classes and values."""
    return f"T{next(numbers)}"
