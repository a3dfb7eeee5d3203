"""What the database says of itself: status, schema, indexes, the log."""

import pytest
from replies import ask, one, refused


def test_status_says_ok_and_a_version(db):
    reply = one(db, "GetStatus", {})
    assert reply["info"] == "OK" and reply["system"] == "ApertureDB"
    assert [int(part) for part in reply["version"].split(".")] >= [0, 17]


def test_the_schema_counts_classes_and_properties(db, name):
    ask(db, [
        {"AddEntity": {"_ref": 1, "class": name, "properties": {"text": "a", "number": 1, "yes": True}}},
        {"AddEntity": {"_ref": 2, "class": name,
                       "properties": {"text": "b", "when": {"_date": "2020-01-01T00:00:00Z"}}}},
        {"AddConnection": {"class": "to" + name, "src": 1, "dst": 2, "properties": {"weight": 0.5}}},
    ])
    schema = one(db, "GetSchema", {})
    entity = schema["entities"]["classes"][name]
    assert entity["matched"] == 2
    assert {key: entity["properties"][key][0] for key in ("text", "number", "yes", "when")} == {
        "text": 2, "number": 1, "yes": 1, "when": 1}
    types = {key: entity["properties"][key][2] for key in ("text", "number", "yes", "when")}
    assert types["text"] == "String" and len(set(types.values())) == 4
    assert [entity["properties"][key][1] for key in ("text", "number")] == [False, False]
    connection = schema["connections"]["classes"]["to" + name]
    assert (connection["matched"], connection["src"], connection["dst"]) == (1, name, name)
    assert connection["properties"]["weight"][0] == 1
    assert schema["entities"]["returned"] == len(schema["entities"]["classes"])
    assert schema["connections"]["returned"] == len(schema["connections"]["classes"])


def test_a_connection_class_of_several_pairs_lists_them(db, name):
    ask(db, [
        {"AddEntity": {"_ref": 1, "class": name + "a", "properties": {"n": 1}}},
        {"AddEntity": {"_ref": 2, "class": name + "b", "properties": {"n": 1}}},
        {"AddConnection": {"class": "to" + name, "src": 1, "dst": 2}},
        {"AddConnection": {"class": "to" + name, "src": 2, "dst": 1}},
        {"AddConnection": {"class": "to" + name, "src": 2, "dst": 1}},
    ])
    pairs = one(db, "GetSchema", {})["connections"]["classes"]["to" + name]
    assert sorted((pair["src"], pair["dst"], pair["matched"]) for pair in pairs) == [
        (name + "a", name + "b", 1), (name + "b", name + "a", 2)]


OLD = {"index_type": "entity", "property_key": "key", "property_type": "integer"}
NEW = {"target": "entity", "property": "key", "kind": "ordered"}


@pytest.mark.parametrize("words", [OLD, NEW], ids=["0.4's words", "0.5's words"])
def test_an_index_is_made_once_shown_and_removed(db, name, words):
    one(db, "AddEntity", {"class": name, "properties": {"key": 1}})
    index = words | {"class": name}
    assert one(db, "CreateIndex", index)["status"] == 0
    assert ask(db, [{"CreateIndex": index}])[0][0]["status"] == 2
    assert one(db, "GetSchema", {})["entities"]["classes"][name]["properties"]["key"][1] is True
    listed = one(db, "GetIndexes", {"target": "entity", "class": name})["indexes"]
    assert [definition["kind"] for definition in listed["entity"][name]["key"]] == ["ordered"]
    index.pop("property_type", None)
    one(db, "RemoveIndex", index)
    assert one(db, "GetSchema", {})["entities"]["classes"][name]["properties"]["key"][1] is False
    assert not one(db, "GetIndexes", {"class": name})["indexes"].get("entity", {}).get(name)


def test_an_index_may_come_before_its_class(db, name):
    one(db, "CreateIndex", NEW | {"class": name})
    ask(db, [{"AddEntity": {"class": name, "properties": {"key": n}}} for n in range(5)])
    assert one(db, "FindEntity", {"with_class": name, "constraints": {"key": [">", 1]},
                                  "results": {"count": True}})["count"] == 3


def test_indexes_of_connections_and_of_trigrams(db, name):
    one(db, "CreateIndex", {"target": "connection", "class": name, "property": "key", "kind": "ordered"})
    one(db, "CreateIndex", {"target": "entity", "class": name, "property": "text", "kind": "trigram"})
    listed = one(db, "GetIndexes", {"class": name})["indexes"]
    assert listed["connection"][name]["key"][0]["kind"] == "ordered"
    assert listed["entity"][name]["text"][0]["kind"] == "trigram"
    only = one(db, "GetIndexes", {"class": name, "kind": "trigram"})["indexes"]
    assert list(only) == ["entity"]


def test_the_indexes_of_the_system_stay(db):
    for cls, key in [("_DescriptorSet", "_name"), ("_Descriptor", "_set_name"), ("_Descriptor", "_create_txn")]:
        reply, _ = db.query([{"RemoveIndex": {"target": "entity", "class": cls, "property": key, "kind": "ordered"}}])
        assert (reply if isinstance(reply, dict) else reply[0]["RemoveIndex"])["status"] != 0


@pytest.mark.parametrize("level", ["INFO", "WARNING", "ERROR"])
def test_a_message_is_logged(db, server, name, level):
    one(db, "UserLogMessage", {"text": f"mark {name}", "type": level})
    log = server.store.parent / f"{server.store.name}.log"
    assert f"mark {name}" in log.read_text()


def test_a_message_of_no_known_level_is_refused(db):
    refused(db, [{"UserLogMessage": {"text": "x", "type": "SHOUT"}}])


@pytest.mark.parametrize("refresh", [True, False])
def test_a_schema_may_be_asked_for_afresh(db, name, refresh):
    one(db, "AddEntity", {"class": name, "properties": {"n": 1}})
    assert one(db, "GetSchema", {"refresh": refresh})["entities"]["classes"][name]["matched"] == 1
