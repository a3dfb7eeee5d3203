"""What VDMS's language refuses, how it says so, and that nothing of a refused query stays."""

import json

import pytest
from pictures import picture, png
from replies import ask, one, refused_vdms


def test_text_that_is_no_json_is_named_as_such(vdms):
    failed = refused_vdms(vdms, '[{"FindEntity": ')
    assert failed["FailedCommand"] == "Transaction"
    assert failed["info"].startswith("Error parsing the query, ill formed JSON")


@pytest.mark.parametrize("query", ['{"FindEntity": {"class": "A"}}', '"text"', "[1]", "[{}]",
                                   '[{"FindEntity": 5}]', '[{"FindEntity": {"class": 5}}]'])
def test_json_that_is_no_query_is_refused(vdms, query):
    refused_vdms(vdms, query)


def test_a_command_that_is_not_known_is_named(vdms):
    failed = refused_vdms(vdms, [{"FindUnicorn": {}}])
    assert "FindUnicorn" in json.dumps(failed)


@pytest.mark.parametrize("command", ["NeoAdd", "NeoFind"])
def test_commands_of_another_database_are_not_found(vdms, command):
    failed = refused_vdms(vdms, [{command: {"cypher": "MATCH (n) RETURN n"}}])
    assert "Command not found" in failed["info"]


def test_a_constraint_must_be_an_array(vdms, name):
    failed = refused_vdms(vdms, [{"FindEntity": {"class": name, "constraints": {"age": 5}}}])
    assert "age" in failed["info"] and "array" in failed["info"]


def test_a_constraint_must_have_two_or_four_members(vdms, name):
    failed = refused_vdms(vdms, [{"FindEntity": {"class": name, "constraints": {"age": [">", 5, "<"]}}}])
    assert "age" in failed["info"] and "size 2 or 4" in failed["info"]


def test_an_operator_that_is_not_known_is_refused(vdms, name):
    one(vdms, "AddEntity", {"class": name, "properties": {"age": 1}})
    refused_vdms(vdms, [{"FindEntity": {"class": name, "constraints": {"age": ["~", 5]}, "results": {"count": ""}}}])


@pytest.mark.parametrize("bad", [
    {"FindUnicorn": {}},
    {"AddEntity": {"properties": {"n": 2}}},
    {"AddEntity": {"class": "X", "unknown_key": 1}},
    {"AddConnection": {"class": "X", "ref1": 51, "ref2": 52}},
    {"AddDescriptor": {"set": "no such set", "label": "x"}},
], ids=lambda command: next(iter(command)))
def test_a_query_that_fails_leaves_nothing_behind(vdms, name, bad):
    refused_vdms(vdms, [
        {"AddEntity": {"class": name, "properties": {"n": 1}}},
        {"AddImage": {"properties": {"key": name}, "format": "png"}},
        bad,
    ], [png(picture(2))])
    replies, _ = ask(vdms, [
        {"FindEntity": {"class": name, "results": {"count": ""}}},
        {"FindImage": {"constraints": {"key": ["==", name]}, "results": {"count": "", "blob": False}}},
    ])
    assert [reply["count"] for reply in replies] == [0, 0]


def test_an_update_is_undone_by_a_later_failure(vdms, name):
    one(vdms, "AddEntity", {"class": name, "properties": {"n": 1}})
    refused_vdms(vdms, [
        {"UpdateEntity": {"class": name, "constraints": {"n": ["==", 1]}, "properties": {"n": 2}}},
        {"FindUnicorn": {}},
    ])
    reply = one(vdms, "FindEntity", {"class": name, "results": {"list": ["n"]}})
    assert reply["entities"] == [{"n": 1}]


def test_later_commands_see_what_earlier_ones_did(vdms, name):
    replies, _ = ask(vdms, [
        {"AddEntity": {"class": name, "properties": {"n": 1}}},
        {"FindEntity": {"class": name, "results": {"list": ["n"]}}},
        {"UpdateEntity": {"class": name, "constraints": {"n": ["==", 1]}, "properties": {"n": 2}}},
        {"FindEntity": {"class": name, "constraints": {"n": ["==", 2]}, "results": {"count": ""}}},
    ])
    assert replies[1]["entities"] == [{"n": 1}] and replies[3]["count"] == 1


@pytest.mark.parametrize("operation", [
    {"type": "userOp", "options": {"id": "x", "port": 5555}},
    {"type": "remoteOp", "url": "http://127.0.0.1:1/", "options": {"id": "x"}},
    {"type": "syncremoteOp", "url": "http://127.0.0.1:1/", "options": {"id": "x"}},
    {"type": "no such operation"},
], ids=lambda operation: operation["type"])
def test_operations_of_other_processes_are_refused(vdms, name, operation):
    ask(vdms, [{"AddImage": {"properties": {"key": name}, "format": "png"}}], [png(picture(2))])
    refused_vdms(vdms, [{"FindImage": {"constraints": {"key": ["==", name]}, "operations": [operation]}}])


def test_what_is_no_video_is_refused_by_the_name_of_the_command(vdms):
    failed = refused_vdms(vdms, [{"AddVideo": {"codec": "h264", "container": "mp4"}}], [b"\0\0\0\x18ftypmp42"])
    assert failed["FailedCommand"] == "AddVideo"


@pytest.mark.parametrize("parameters", [
    {}, {"frames": [0], "operations": [{"type": "interval", "start": 0, "stop": 5, "step": 1}]}], ids=["none", "both"])
def test_frames_are_named_in_one_of_two_ways(vdms, parameters):
    failed = refused_vdms(vdms, [{"FindFrames": parameters}])
    assert "Either one of 'frames' or 'operations::interval' must be specified" in failed["info"]


def test_frames_of_videos_that_are_not_there_are_none(vdms, name):
    reply, blobs = vdms.query([{"FindFrames": {"frames": [0], "constraints": {"key": ["==", name]}}}])
    answer = reply[0].get("FindFrames", reply[0])
    assert blobs == [] and not answer.get("entities")


def test_looking_for_videos_finds_none(vdms, name):
    reply, blobs = vdms.query([{"FindVideo": {"constraints": {"key": ["==", name]}}}])
    answer = reply[0].get("FindVideo", reply[0])
    assert blobs == [] and answer["info"] == "No entities found"


def test_a_path_of_the_server_is_refused_without_a_folder_for_them(vdms, name):
    for command, parameters in [("AddImage", {"from_file_path": "/etc/hostname", "format": "png"}),
                                ("AddBlob", {"from_file_path": "/etc/passwd"})]:
        refused_vdms(vdms, [{command: parameters | {"properties": {"key": name}}}])
    replies, _ = ask(vdms, [{"FindBlob": {
        "constraints": {"key": ["==", name]}, "results": {"count": "", "blob": False}}}])
    assert replies[0]["count"] == 0
