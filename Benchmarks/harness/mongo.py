"""A MongoDB server of its own, the one that FiftyOne's package brings."""

from pathlib import Path

from harness.http import answers, free_port
from harness.programs import ProgramFailed, Server


def start_mongo(python, folder):
    """Starts mongod over an empty folder; returns the server, to be entered, and its address."""
    # Beside the packages of the environment that has FiftyOne.
    found = sorted(Path(python).parent.parent.glob("lib/python3*/site-packages/fiftyone/db/bin/mongod"))
    if not found:
        raise ProgramFailed("FiftyOne's mongod is not installed: run scripts/setup --bench")
    folder.mkdir()
    address = f"127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    server = Server([found[0], "--dbpath", folder, "--port", port, "--bind_ip", "127.0.0.1", "--nounixsocket",
                     "--logpath", folder / "log"])
    server.wait_until(lambda: answers(address))
    return server, address
