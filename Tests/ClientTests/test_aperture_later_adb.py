"""The command line of aperturedb: configurations, utilities, transactions, ingest, tokens, keys."""

import json
import os
import subprocess
import sys

import clients
import pytest
import servers
from pictures import jpeg, picture
from replies import ask, one
from tables import write


@pytest.fixture
def place(stores, tmp_path):
    """A server of its own, and what runs `adb` with the arguments given, configured for it."""
    running = servers.start(stores.new())
    client = clients.aperture(running)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("APERTUREDB_")}
    environment |= {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config"), "COLUMNS": "1000",
                    "TERM": "dumb", "NO_COLOR": "1"}

    def adb(*arguments, check=True, text=None):
        program = "from aperturedb.cli.adb import app; app()"
        done = subprocess.run(
            [sys.executable, "-c", program, *map(str, arguments)], cwd=tmp_path, env=environment, input=text,
            capture_output=True, text=True, timeout=120)
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    adb("config", "create", "here", "--host", "localhost", "--port", running.wire, "--username", "admin",
        "--password", running.password, "--ca-cert", running.ca, "--no-interactive")
    yield client, adb, running, tmp_path
    running.stop()


def test_a_configuration_is_listed_and_read(place):
    _, adb, running, _ = place
    listed = adb("config", "ls")
    assert "here" in listed and f"localhost:{running.wire}" in listed
    assert adb("config", "get", ".port").strip() == str(running.wire)


def test_status_and_summary(place):
    client, adb, _, _ = place
    one(client, "AddEntity", {"class": "Person", "properties": {"name": "Ana"}})
    assert json.loads(adb("utils", "execute", "status"))[0]["GetStatus"]["info"] == "OK"
    summary = adb("utils", "execute", "summary")
    assert "Person" in summary and "Total elements: 1" in summary and "Total nodes: 1" in summary


def test_everything_is_removed_when_forced(place):
    client, adb, _, _ = place
    one(client, "AddEntity", {"class": "Person", "properties": {"name": "Ana"}})
    adb("utils", "execute", "remove_all", check=False, text="n\n")
    assert one(client, "FindEntity", {"with_class": "Person", "results": {"count": True}})["count"] == 1
    adb("utils", "execute", "remove_all", "--force")
    schema = one(client, "GetSchema", {})
    assert schema["entities"] is None and schema["connections"] is None
    assert one(client, "FindEntity", {"with_class": "Person", "results": {"count": True}})["count"] == 0


def test_indexes_are_removed_when_forced(place):
    client, adb, _, _ = place
    one(client, "AddEntity", {"class": "Person", "properties": {"id": 1}})
    one(client, "CreateIndex", {"index_type": "entity", "class": "Person", "property_key": "id"})
    adb("utils", "execute", "remove_indexes", "--force")
    assert one(client, "GetSchema", {})["entities"]["classes"]["Person"]["properties"]["id"][1] is False


def test_a_transaction_from_a_file(place):
    client, adb, _, folder = place
    one(client, "AddEntity", {"class": "Person", "properties": {"name": "Ana"}})
    path = folder / "query.json"
    path.write_text(json.dumps([{"FindEntity": {"with_class": "Person", "results": {"list": ["name"]}}}]))
    reply = json.loads(adb("transact", "from-json-file", path, "--output-type", "raw_json"))
    assert reply[0]["FindEntity"]["entities"] == [{"name": "Ana"}]
    assert "'name': 'Ana'" in adb("transact", "from-json-file", path)


def test_csv_files_are_ingested(place):
    client, adb, _, folder = place
    rows = [{"EntityClass": "Person", "name": f"n{i}", "id": i, "constraint_id": i} for i in range(5)]
    adb("ingest", "from-csv", write(folder / "people.csv", rows), "--ingest-type", "ENTITY", "--batchsize", 2)
    reply = one(client, "FindEntity", {"with_class": "Person", "results": {"list": ["name"], "sort": "id"}})
    assert [entity["name"] for entity in reply["entities"]] == [row["name"] for row in rows]
    for i in range(3):
        (folder / f"{i}.jpg").write_bytes(jpeg(picture(i)))
    images = [{"filename": f"{i}.jpg", "id": i, "constraint_id": i} for i in range(3)]
    adb("ingest", "from-csv", write(folder / "images.csv", images), "--ingest-type", "IMAGE")
    replies, blobs = ask(client, [{"FindImage": {"blobs": True, "results": {"list": ["id"]}}}])
    assert {entity["id"]: blobs[entity["_blob_index"]] for entity in replies[0]["entities"]} == {
        i: jpeg(picture(i)) for i in range(3)}


def test_tokens_are_made_assigned_listed_and_removed(place):
    client, adb, running, _ = place
    one(client, "CreateUser", {"username": "robot", "roles": ["admin"]})
    token = adb("utils", "tokens", "generate").strip().splitlines()[-1]
    assert token.startswith("adbp_")
    assert "Assigned token to robot" in adb("utils", "tokens", "assign", "robot", token)
    assert token[:13] in adb("utils", "tokens", "list", "robot")
    assert one(clients.aperture(running, user="robot", token=token), "GetStatus", {})["info"] == "OK"
    assert "Action complete" in adb("utils", "tokens", "remove", "robot", token[:13])
    assert "No Tokens for robot" in adb("utils", "tokens", "list", "robot")
    with pytest.raises(Exception):
        clients.aperture(running, user="robot", token=token).query([{"GetStatus": {}}])


def test_a_key_is_made_for_a_user_and_connects(place):
    from aperturedb.CommonLibrary import create_connector

    client, adb, _, _ = place
    ask(client, [{"AddEntity": {"class": "Person", "properties": {"n": n}}} for n in range(3)])
    (made,) = [word for word in adb("utils", "keys", "generate", "admin").split() if word.startswith("WzI")]
    for key in (made, adb("config", "get-key", "here").strip().splitlines()[-1]):
        reply = one(create_connector(key=key), "FindEntity", {"with_class": "Person", "results": {"count": True}})
        assert reply["count"] == 3


def test_a_message_goes_to_the_log(place):
    _, adb, running, _ = place
    adb("utils", "log", "written by adb", "--level", "WARNING")
    assert "written by adb" in (running.store.parent / f"{running.store.name}.log").read_text()
