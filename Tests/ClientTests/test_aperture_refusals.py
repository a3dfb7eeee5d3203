"""What ApertureDB's language refuses, how it says so, and that nothing of a refused query stays."""

import json

import pytest
from pictures import picture, png
from replies import ask, one, refused


@pytest.mark.parametrize("query", [
    '[{"FindEntity": ', '{"FindEntity": {}}', '"text"', "[1]", "[{}]", '[{"FindEntity": 5}]',
    '[{"FindEntity": {}, "FindImage": {}}]', "[null]", "", "\x00",
])
def test_text_that_is_no_query_is_refused(db, query):
    refused(db, query)


@pytest.mark.parametrize("command", ["BadCommand", "findEntity", "FindEntity ", "__proto__"])
def test_a_command_that_is_not_known_is_named(db, command):
    answer = refused(db, [{command: {}}])
    assert answer["status"] < 0 and command in json.dumps(answer)
    assert not db.last_query_ok()


BAD = [
    {"BadCommand": {}},
    {"AddEntity": {"properties": {"n": 2}}},
    {"AddConnection": {"class": "x", "src": 51, "dst": 52}},
    {"AddDescriptor": {"set": "no such set"}},
    {"UpdateEntity": {"ref": 51, "properties": {"n": 1}}},
    {"FindEntity": {"with_class": "X", "constraints": {"n": [">"]}, "results": {"count": True}}},
    {"FindEntity": {"with_class": "X", "constraints": {"n": ["~", 1]}, "results": {"count": True}}},
    {"FindEntity": {"with_class": "X", "constraints": ["$n", "~", 1], "results": {"count": True}}},
    {"FindEntity": {"with_class": "X", "constraints": ["n", "==", 1], "results": {"count": True}}},
    {"FindEntity": {"with_class": 5}},
    {"FindEntity": {"_ref": 0, "with_class": "X"}},
    {"FindEntity": {"_ref": 100_000, "with_class": "X"}},
    {"FindEntity": {"_ref": "1", "with_class": "X"}},
    {"FindEntity": {"with_class": "X", "limit": -1}},
]


@pytest.mark.parametrize("bad", BAD, ids=json.dumps)
def test_a_query_that_fails_leaves_nothing_behind(db, name, bad):
    refused(db, [
        {"AddEntity": {"class": name, "properties": {"n": 1}}},
        {"AddImage": {"properties": {"key": name}}},
        bad,
    ], [png(picture(2))])
    replies, _ = ask(db, [
        {"FindEntity": {"with_class": name, "results": {"count": True}}},
        {"FindImage": {"constraints": {"key": ["==", name]}, "blobs": False, "results": {"count": True}}},
    ])
    assert [reply["count"] for reply in replies] == [0, 0]


def test_an_update_and_a_delete_are_undone_by_a_later_failure(db, name):
    ask(db, [{"AddEntity": {"class": name, "properties": {"n": n}}} for n in range(3)])
    refused(db, [
        {"UpdateEntity": {"with_class": name, "constraints": {"n": ["==", 0]}, "properties": {"n": 10}}},
        {"DeleteEntity": {"with_class": name, "constraints": {"n": ["==", 1]}}},
        {"BadCommand": {}},
    ])
    reply = one(db, "FindEntity", {"with_class": name, "results": {"list": ["n"]}})
    assert sorted(entity["n"] for entity in reply["entities"]) == [0, 1, 2]


def test_the_reason_says_which_command(db, name):
    answer = refused(db, [
        {"AddEntity": {"class": name, "properties": {"n": 1}}},
        {"FindEntity": {"with_class": name, "constraints": {"n": ["~", 1]}, "results": {"count": True}}},
    ])
    assert "FindEntity" in answer["info"] or "Command 2" in answer["info"] or "[1]" in answer["info"]


def test_a_ref_given_twice_is_refused(db, name):
    refused(db, [{"FindEntity": {"_ref": 1, "with_class": name}}, {"FindEntity": {"_ref": 1, "with_class": name}}])


def test_later_commands_see_what_earlier_ones_did(db, name):
    replies, _ = ask(db, [
        {"AddEntity": {"class": name, "properties": {"n": 1}}},
        {"FindEntity": {"with_class": name, "results": {"list": ["n"]}}},
        {"UpdateEntity": {"with_class": name, "constraints": {"n": ["==", 1]}, "properties": {"n": 2}}},
        {"FindEntity": {"with_class": name, "constraints": {"n": ["==", 2]}, "results": {"count": True}}},
        {"DeleteEntity": {"with_class": name}},
        {"FindEntity": {"with_class": name, "results": {"count": True}}},
    ])
    assert replies[1]["entities"] == [{"n": 1}]
    assert [replies[number].get("count") for number in (3, 5)] == [1, 0]


def test_a_connection_that_was_refused_goes_on(db, name):
    for _ in range(3):
        refused(db, [{"BadCommand": {}}])
        one(db, "AddEntity", {"class": name, "properties": {"n": 1}})
    assert one(db, "FindEntity", {"with_class": name, "results": {"count": True}})["count"] == 3


def test_an_empty_query_is_answered_by_nothing_done(db, name):
    reply, blobs = db.query([])
    assert blobs == [] and (reply == [] or reply["status"] < 0)
    assert one(db, "FindEntity", {"with_class": name, "results": {"count": True}})["count"] == 0


def test_ten_thousand_commands_are_answered_or_refused_but_not_dropped(db, name):
    commands = [{"FindEntity": {"with_class": name, "results": {"count": True}}}] * 10_000
    reply, _ = db.query(commands)
    if isinstance(reply, list):
        assert len(reply) == len(commands) and {answer["FindEntity"]["count"] for answer in reply} == {0}
    else:
        assert reply["status"] < 0 and reply["info"]
    assert one(db, "GetStatus", {})["info"] == "OK"


def test_more_blobs_than_commands_want_are_refused(db, name):
    refused(db, [{"AddEntity": {"class": name, "properties": {"n": 1}}}], [b"nobody wants this"])
    assert one(db, "FindEntity", {"with_class": name, "results": {"count": True}})["count"] == 0
