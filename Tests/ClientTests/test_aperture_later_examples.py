"""The scripts of examples/aperture, against photographs that `fovea add` added."""

import os
import re
import subprocess
import sys

import pytest
import servers
from aperturedb.Configuration import Configuration
from pictures import jpeg, picture

EXAMPLES = servers.HERE.parent.parent / "examples" / "aperture"
LABELS = {"animal": [1, 2, 3], "food": [4, 5], "landscape": [6, 7]}


@pytest.fixture(scope="module")
def run(stores, tmp_path_factory):
    """Runs an example by name and gives what it printed. The store has LABELS' pictures and a file cut short."""
    folder, store = tmp_path_factory.mktemp("photographs"), stores.new()
    for label, seeds in LABELS.items():
        (folder / label).mkdir()
        for seed in seeds:
            (folder / label / f"{seed}.jpg").write_bytes(jpeg(picture(seed, width=400 + 100 * seed, height=300)))
    (folder / "animal" / "cut.jpg").write_bytes(jpeg(picture(9))[:400])
    if not servers.is_fake():
        servers.fovea("add", folder, "--store", store, "--label-from", "folder", check=False)
    server = servers.start(store)
    key = Configuration.create_aperturedb_key(
        "localhost", server.wire, None, use_rest=False, use_ssl=True, ca_cert=server.ca,
        username=server.user, password=server.password)

    def example(name, *arguments):
        done = subprocess.run(
            [sys.executable, EXAMPLES / name, *map(str, arguments)], env=os.environ | {"APERTUREDB_KEY": key},
            cwd=folder, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    yield example
    server.stop()


def test_the_metadata_are_known(run):
    text = run("know_the_metadata.py")
    assert "_Image: 8 entities" in text
    assert re.search(r"label +(animal|food|landscape)", text)
    assert re.search(r"width +\d+ … 1100", text)


def test_what_is_in_the_dataset_is_counted(run):
    text = run("whats_in_your_dataset.py")
    assert text.startswith("8 images")
    for label, count in {"animal": 4, "food": 2, "landscape": 2}.items():
        assert re.search(rf"{label} +{count} ", text)


def test_images_are_filtered_and_classified_once(run):
    text = run("filter_and_classify.py")
    assert "6 images of animals or food" in text or "5 images of animals or food" in text
    assert "7 descriptors added" in text and re.search(r"\d of 7 images have the label", text)
    assert "0 descriptors added" in run("filter_and_classify.py")
    assert "1 damaged" in run("debug.py")
    similar = run("find_without_keywords.py", "--count", 3)
    assert similar.count("landscape") >= 2 and "of those at least 600 pixels wide" in similar
