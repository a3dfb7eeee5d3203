"""Connections in ApertureDB's language: adding, neighbours by every filter, updating, deleting."""

import pytest
from replies import ask, one, refused, values


@pytest.fixture
def family(db, name):
    """ann → bob → cat and ann → dan by `parent`, dan → cat by `friend`, with years; gives the people's class."""
    people = ["ann", "bob", "cat", "dan"]
    edges = [("parent", 1, 2, 1950), ("parent", 1, 4, 1955), ("parent", 2, 3, 1980), ("friend", 4, 3, 2000)]
    ask(db, [
        *({"AddEntity": {"class": name, "_ref": number, "properties": {"name": person}}}
          for number, person in enumerate(people, 1)),
        *({"AddConnection": {"class": kind + name, "src": src, "dst": dst, "properties": {"year": year}}}
          for kind, src, dst, year in edges),
    ])
    return name


def neighbours(client, family, person, link):
    replies, _ = ask(client, [
        {"FindEntity": {"with_class": family, "_ref": 1, "constraints": {"name": ["==", person]}}},
        {"FindEntity": {"with_class": family, "is_connected_to": {"ref": 1, **link}, "results": {"list": ["name"]}}},
    ])
    return sorted(values(replies[1], "name")) if replies[1].get("entities") else []


@pytest.mark.parametrize("link, expected", [
    ({"direction": "out"}, ["cat"]),
    ({"direction": "in"}, ["ann"]),
    ({"direction": "any"}, ["ann", "cat"]),
    ({}, ["ann", "cat"]),
])
def test_directions_are_those_of_the_connections(db, family, link, expected):
    assert neighbours(db, family, "bob", link) == expected


def test_the_class_of_the_connection_narrows(db, family):
    assert neighbours(db, family, "dan", {}) == ["ann", "cat"]
    assert neighbours(db, family, "dan", {"connection_class": "friend" + family}) == ["cat"]


@pytest.mark.parametrize("constraints", [{"year": [">", 1952]}, ["$year", ">", 1952]], ids=["dictionary", "expression"])
def test_constraints_of_the_connection_narrow(db, family, constraints):
    assert neighbours(db, family, "ann", {"constraints": constraints}) == ["dan"]


def test_three_hops(db, family):
    replies, _ = ask(db, [
        {"FindEntity": {"with_class": family, "_ref": 1, "constraints": {"name": ["==", "ann"]}}},
        {"FindEntity": {"with_class": family, "_ref": 2, "is_connected_to": {"ref": 1, "direction": "out"}}},
        {"FindEntity": {"with_class": family, "_ref": 3, "is_connected_to": {"ref": 2, "direction": "out"},
                        "results": {"list": ["name"]}}},
        {"FindEntity": {"with_class": family, "is_connected_to": {"ref": 3, "direction": "in"},
                        "results": {"list": ["name"]}}},
    ])
    assert values(replies[2], "name") == ["cat"]
    assert sorted(values(replies[3], "name")) == ["bob", "dan"]


@pytest.mark.parametrize("how, expected", [("all", ["cat"]), ("any", ["ann", "cat"])])
def test_all_and_any_of_several_neighbours(db, family, how, expected):
    replies, _ = ask(db, [
        {"FindEntity": {"with_class": family, "_ref": 1, "constraints": {"name": ["==", "bob"]}}},
        {"FindEntity": {"with_class": family, "_ref": 2, "constraints": {"name": ["==", "dan"]}}},
        {"FindEntity": {"with_class": family, "results": {"list": ["name"]}, "is_connected_to": {
            how: [{"ref": 1, "direction": "out"} if how == "all" else {"ref": 1},
                  {"ref": 2, "connection_class": "friend" + family}]}}},
    ])
    assert sorted(values(replies[2], "name")) == expected


def test_all_and_any_nest(db, family):
    replies, _ = ask(db, [
        {"FindEntity": {"with_class": family, "_ref": 1, "constraints": {"name": ["==", "bob"]}}},
        {"FindEntity": {"with_class": family, "_ref": 2, "constraints": {"name": ["==", "dan"]}}},
        {"FindEntity": {"with_class": family, "_ref": 3, "constraints": {"name": ["==", "ann"]}}},
        {"FindEntity": {"with_class": family, "results": {"list": ["name"]}, "is_connected_to": {
            "any": [{"all": [{"ref": 1}, {"ref": 2}]}, {"ref": 3, "constraints": {"year": ["==", 1955]}}]}}},
    ])
    assert sorted(values(replies[3], "name")) == ["ann", "cat", "dan"]


def test_connect_when_adding_points_out_unless_it_says_in(db, family):
    ask(db, [
        {"FindEntity": {"with_class": family, "_ref": 1, "constraints": {"name": ["==", "cat"]}}},
        {"AddEntity": {"class": family, "properties": {"name": "eve"},
                       "connect": {"ref": 1, "class": "friend" + family, "properties": {"year": 2010}}}},
        {"AddEntity": {"class": family, "properties": {"name": "fay"},
                       "connect": {"ref": 1, "class": "parent" + family, "direction": "in"}}},
    ])
    assert neighbours(db, family, "eve", {"direction": "out"}) == ["cat"]
    assert neighbours(db, family, "cat", {"direction": "out"}) == ["fay"]
    assert neighbours(db, family, "cat", {"constraints": {"year": ["==", 2010]}}) == ["eve"]


def test_a_connection_joins_every_pair(db, name):
    ask(db, [{"AddEntity": {"class": name + side, "properties": {"n": n}}} for side in "ab" for n in range(3)])
    ask(db, [
        {"FindEntity": {"with_class": name + "a", "_ref": 1, "constraints": {"n": ["<", 2]}}},
        {"FindEntity": {"with_class": name + "b", "_ref": 2}},
        {"AddConnection": {"class": "pair" + name, "src": 1, "dst": 2}},
    ])
    assert one(db, "FindConnection", {"with_class": "pair" + name, "results": {"count": True}})["count"] == 2 * 3


def test_a_connection_is_added_once(db, family):
    def add():
        return ask(db, [
            {"FindEntity": {"with_class": family, "_ref": 1, "unique": True, "constraints": {"name": ["==", "ann"]}}},
            {"FindEntity": {"with_class": family, "_ref": 2, "unique": True, "constraints": {"name": ["==", "cat"]}}},
            {"AddConnection": {"class": "knows" + family, "src": 1, "dst": 2, "properties": {"key": 5},
                               "if_not_found": {"key": ["==", 5]}}},
        ])[0][2]["status"]

    assert [add(), add()] == [0, 2]
    assert one(db, "FindConnection", {"with_class": "knows" + family, "results": {"count": True}})["count"] == 1


def test_connections_are_found_by_class_properties_and_ends(db, family):
    reply = one(db, "FindConnection", {
        "with_class": "parent" + family, "constraints": {"year": [">=", 1955]}, "results": {"list": ["year"]}})
    assert sorted(values(reply, "year", "connections")) == [1955, 1980] and reply["returned"] == 2
    replies, _ = ask(db, [
        {"FindEntity": {"with_class": family, "_ref": 1, "constraints": {"name": ["==", "ann"]}, "uniqueids": True}},
        {"FindEntity": {"with_class": family, "_ref": 2, "constraints": {"name": ["==", "dan"]}, "uniqueids": True}},
        {"FindConnection": {"src": 1, "dst": 2, "uniqueids": True, "results": {"list": ["year"]}}},
        {"FindConnection": {"src": 2, "results": {"list": ["year"]}}},
    ])
    (found,) = replies[2]["connections"]
    assert found["year"] == 1955 and found["_uniqueid"]
    assert found["_src"] == replies[0]["entities"][0]["_uniqueid"]
    assert found["_dst"] == replies[1]["entities"][0]["_uniqueid"]
    assert values(replies[3], "year", "connections") == [2000]


def test_connections_are_updated_and_deleted(db, family):
    assert one(db, "UpdateConnection", {
        "with_class": "parent" + family, "constraints": {"year": ["==", 1980]}, "properties": {"place": "Ulm"},
        "remove_props": ["year"]})["count"] == 1
    reply = one(db, "FindConnection", {
        "with_class": "parent" + family, "constraints": {"place": ["==", "Ulm"]},
        "results": {"list": ["place", "year"]}})
    assert reply["connections"] == [{"place": "Ulm", "year": None}]
    ask(db, [
        {"FindConnection": {"_ref": 1, "with_class": "parent" + family, "constraints": {"place": ["==", "Ulm"]}}},
        {"DeleteConnection": {"ref": 1}},
    ])
    assert neighbours(db, family, "bob", {}) == ["ann"]
    one(db, "DeleteConnection", {"with_class": "parent" + family})
    assert neighbours(db, family, "ann", {}) == []
    assert neighbours(db, family, "dan", {}) == ["cat"]


def test_deleting_an_entity_takes_its_connections_away(db, family):
    one(db, "DeleteEntity", {"with_class": family, "constraints": {"name": ["==", "cat"]}})
    assert one(db, "FindConnection", {"with_class": "parent" + family, "results": {"count": True}})["count"] == 2
    assert one(db, "FindConnection", {"with_class": "friend" + family, "results": {"count": True}})["count"] == 0


@pytest.mark.parametrize("command", [
    {"FindEntity": {"is_connected_to": {"ref": 9}, "results": {"count": True}}},
    {"AddConnection": {"class": "x", "src": 1, "dst": 9}},
    {"UpdateEntity": {"ref": 9, "properties": {"n": 1}}},
    {"DeleteEntity": {"ref": 9}},
    {"AddBoundingBox": {"image_ref": 9, "rectangle": {"x": 0, "y": 0, "width": 1, "height": 1}}},
], ids=lambda command: next(iter(command)))
def test_a_ref_that_no_command_gave_is_refused(db, family, command):
    answer = refused(db, [{"FindEntity": {"with_class": family, "_ref": 1}}, command])
    assert "9" in answer["info"]


def test_a_ref_that_comes_later_is_refused(db, family):
    refused(db, [
        {"FindEntity": {"with_class": family, "is_connected_to": {"ref": 2}, "results": {"count": True}}},
        {"FindEntity": {"with_class": family, "_ref": 2}},
    ])


def test_refs_reach_far(db, name):
    count = 500
    ask(db, [
        {"AddEntity": {"_ref": 99_999 - n, "class": name, "properties": {"n": n},
                       **({"connect": {"ref": 100_000 - n, "class": "next" + name}} if n else {})}}
        for n in range(count)])
    assert one(db, "FindConnection", {"with_class": "next" + name, "results": {"count": True}})["count"] == count - 1
