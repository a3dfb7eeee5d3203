"""aperturedb's Utils: status, summary, counts, indexes, sets of descriptors, and the removal of everything."""

import json

import clients
import pytest
import servers
from pictures import picture, png, vectors
from replies import ask, one


@pytest.fixture
def filled(stores):
    """A server of its own with something of every kind in it: connector and Utils."""
    from aperturedb.Utils import Utils

    running = servers.start(stores.new())
    client = clients.aperture(running)
    one(client, "AddDescriptorSet", {"name": "looks", "dimensions": 8, "metric": "L2", "engine": "FaissFlat"})
    rows = vectors(seed=3, count=4, dimensions=8)
    ask(client, [
        {"AddImage": {"_ref": 1, "properties": {"id": 1}}},
        {"AddEntity": {"_ref": 2, "class": "Person", "properties": {"name": "Ana", "id": 1}}},
        {"AddEntity": {"class": "Person", "properties": {"name": "Bo"}}},
        {"AddConnection": {"class": "on", "src": 2, "dst": 1, "properties": {"n": 1}}},
        {"AddBoundingBox": {"image_ref": 1, "rectangle": {"x": 0, "y": 0, "width": 4, "height": 4}, "label": "cup"}},
        {"AddPolygon": {"image_ref": 1, "polygons": [[[0, 0], [4, 0], [0, 4]]], "label": "hat"}},
        {"AddBlob": {"properties": {"n": 1}}},
        *({"AddDescriptor": {"set": "looks", "label": f"l{n}", "properties": {"n": n}}} for n in range(4)),
    ], [png(picture(1)), b"blob", *(row.tobytes() for row in rows)])
    yield client, Utils(client)
    running.stop()


@pytest.fixture
def empty(stores):
    from aperturedb.Utils import Utils

    running = servers.start(stores.new())
    client = clients.aperture(running)
    yield client, Utils(client)
    running.stop()


def test_status_is_json_that_says_ok(filled):
    _, utils = filled
    assert json.loads(utils.status())[0]["GetStatus"]["info"] == "OK"


def test_counts(filled):
    client, utils = filled
    assert utils.count_images() == 1 and utils.count_bboxes() == 1
    assert utils.count_images({"id": ["==", 1]}) == 1 and utils.count_images({"id": ["==", 2]}) == 0
    assert utils.count_entities("Person") == 2 and utils.count_connections("on") == 1
    assert utils.count_entities("Person", {"name": ["==", "Bo"]}) == 1
    assert utils.count_descriptorsets() == 1 and utils.get_descriptorset_list() == ["looks"]
    assert utils.count_descriptors_in_set("looks") == 4


def test_counts_of_an_empty_store_are_zero(empty):
    _, utils = empty
    assert [utils.count_images(), utils.count_bboxes(), utils.count_entities("Person"), utils.count_connections("on"),
            utils.count_descriptorsets(), utils.get_descriptorset_list()] == [0, 0, 0, 0, 0, []]


def test_the_schema_of_an_empty_store_is_null_until_something_comes(empty):
    client, utils = empty
    schema = utils.get_schema()
    assert schema["entities"] is None and schema["connections"] is None
    one(client, "AddEntity", {"class": "Person", "properties": {"name": "Ana"}})
    schema = utils.get_schema()
    assert list(schema["entities"]["classes"]) == ["Person"] and schema["connections"] is None


def test_the_schema_names_every_class(filled):
    _, utils = filled
    classes = utils.get_schema()["entities"]["classes"]
    matched = {key: value["matched"] for key, value in classes.items()}
    assert {key: matched[key] for key in (
        "Person", "_Image", "_BoundingBox", "_Polygon", "_Blob", "_Descriptor", "_DescriptorSet")} == {
        "Person": 2, "_Image": 1, "_BoundingBox": 1, "_Polygon": 1, "_Blob": 1, "_Descriptor": 4, "_DescriptorSet": 1}
    assert classes["Person"]["properties"]["name"] == [2, False, "String"]


def test_indexes_are_made_listed_and_removed(filled):
    _, utils = filled
    arguments = ["integer"] if clients.IS_DECK_AGE else []
    assert utils.create_entity_index("Person", "id", *arguments)
    assert utils.create_connection_index("on", "n", *arguments)
    assert utils.get_indexed_props("Person") == ["id"]
    assert utils.get_indexed_props("on", "connections") == ["n"]
    assert utils.remove_entity_index("Person", "id")
    assert utils.get_indexed_props("Person") == []
    assert utils.remove_connection_index("on", "n")
    assert utils.get_indexed_props("on", "connections") == []


def test_entities_and_connections_of_a_class_are_removed(filled):
    _, utils = filled
    assert utils.remove_connections("on") and utils.count_connections("on") == 0
    assert utils.remove_entities("Person") and utils.count_entities("Person") == 0
    assert utils.count_images() == 1
    assert utils.remove_entities("_Image") and utils.count_images() == 0
    assert utils.count_bboxes() == 0


def test_sets_of_descriptors_are_made_and_removed(filled):
    _, utils = filled
    assert utils.add_descriptorset("more", dim=12)
    assert sorted(utils.get_descriptorset_list()) == ["looks", "more"]
    assert utils.remove_descriptorset("more")
    assert utils.get_descriptorset_list() == ["looks"]
    utils.remove_all_descriptorsets()
    assert utils.get_descriptorset_list() == [] and utils.count_entities("_Descriptor") == 0


LATER = pytest.mark.skipif(clients.IS_DECK_AGE, reason="came after 0.2")


@LATER
def test_the_summary_shows_classes_counts_and_indexes(filled, capsys):
    _, utils = filled
    utils.create_entity_index("Person", "id")
    utils.summary()
    text = capsys.readouterr().out
    assert "Version:" in text and "Status:  0" in text and "OK" in text
    person = text[text.index("Person"):].splitlines()
    assert person[1].strip() == "Total elements: 2"
    (name_line,) = [line for line in person[2:5] if "name" in line]
    assert "String" in name_line and "2 (100%)" in name_line
    (id_line,) = [line for line in person[2:5] if "| id" in line]
    assert id_line.startswith("I") and "1 (50%)" in id_line
    assert "Person ====> _Image" in text


@LATER
def test_everything_is_removed_and_the_schema_is_null_again(filled):
    client, utils = filled
    assert utils.remove_all_objects()
    schema = utils.get_schema()
    assert schema["entities"] is None and schema["connections"] is None
    for command in ("FindImage", "FindBlob", "FindBoundingBox", "FindPolygon", "FindDescriptorSet"):
        reply = ask(client, [{command: {"results": {"count": True}, **(
            {} if command == "FindDescriptorSet" else {"blobs": False})}}])[0][0]
        assert reply["count"] == 0
    assert utils.remove_all_objects(), "and once more, when nothing is there"


@LATER
def test_all_indexes_are_removed(filled):
    _, utils = filled
    assert utils.create_entity_index("Person", "id") and utils.create_connection_index("on", "n")
    assert utils.get_indexed_props("Person") == ["id"]
    assert utils.remove_all_indexes()
    assert utils.get_indexed_props("Person") == [] and utils.get_indexed_props("on", "connections") == []


@LATER
def test_the_schema_is_drawn(filled):
    _, utils = filled
    source = utils.visualize_schema().source
    assert "Person" in source and "_Image" in source and "on" in source


@LATER
def test_a_message_for_the_log_and_a_token(filled):
    client, utils = filled
    utils.user_log_message("hello from a client", "WARNING")
    one(client, "CreateUser", {"username": "robot", "roles": []})
    token = utils.generate_token()
    assert token.startswith("adbp_")
    for change, expected in [(utils.assign_token, [token[:13]]), (utils.remove_token, [])]:
        change("robot", token if expected else token[:13])
        tokens = one(client, "GetUserDetails", {"username": "robot"})["tokens"]
        assert [shown[:13] for shown in tokens] == expected


@pytest.mark.skipif(not clients.HAS_EXPRESSIONS, reason="came with 0.5")
def test_indexes_are_listed_by_their_own_command(filled):
    _, utils = filled
    utils.create_entity_index("Person", "id")
    listed = utils.get_indexes(target="entity", class_name="Person")
    assert [(index["target"], index["class"], index["property"], index["kind"]) for index in listed] == [
        ("entity", "Person", "id", "ordered")]


@pytest.mark.skipif(not clients.IS_DECK_AGE, reason="0.2 alone has it")
def test_the_ids_of_all_images(filled):
    client, utils = filled
    ask(client, [{"AddImage": {"properties": {"id": 2}}}], [png(picture(2))])
    found = one(client, "FindImage", {"blobs": False, "results": {"list": ["_uniqueid"]}})["entities"]
    assert len(found) == 2
    assert sorted(utils.get_images_uniqueids()) == sorted(entity["_uniqueid"] for entity in found)
