"""Schemathesis asks what `/openapi.json` describes, rightly and wrongly, and holds each answer against it.

The numbers of requests and the seed are fixed. What breaks a run is run again by
`FOVEA_BINARY=… python -m schemathesis.cli run http://…/openapi.json --seed 1`, with the same options.
"""

import subprocess
import sys

import pytest

import pictures
import servers

CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "unsupported_method", "allow_header_conformance",
]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("openapi")
    (folder / "pictures").mkdir()
    for number in range(4):
        (folder / "pictures" / f"{number}.png").write_bytes(pictures.png(pictures.picture(number, 20 + number, 16)))
    servers.fovea("init", "--store", folder / "store")
    servers.fovea("add", folder / "pictures", "--store", folder / "store")
    servers.fovea("rule", "add", "wide", 'if {"width": {"$gt": 21}} then tag wide', "--store", folder / "store")
    running = servers.start(folder / "store")
    yield running
    running.stop()


def test_every_answer_is_one_that_the_description_has(served, tmp_path):
    address = f"http://127.0.0.1:{served.port('http')}"
    run = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", f"{address}/openapi.json", "--seed", "1",
         "--max-examples", "5", "--phases", "coverage,fuzzing", "--checks", ",".join(CHECKS),
         "--suppress-health-check", "all", "--continue-on-failure", "--no-color", "--warnings", "off"],
        capture_output=True, text=True, cwd=tmp_path, timeout=300)
    assert run.returncode == 0, run.stdout[-8_000:] + run.stderr[-2_000:]
    assert "Tested: " in run.stdout
