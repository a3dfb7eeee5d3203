"""Connections in VDMS's language: links when adding, connections between many, neighbours in each direction."""

import pytest
from replies import ask, one, refused_vdms, values


@pytest.fixture
def family(vdms, name):
    """ann → bob → cat, and ann → dan, by the class `parent` with a year; gives the class of the people."""
    people = ["ann", "bob", "cat", "dan"]
    ask(vdms, [
        *({"AddEntity": {"class": name, "_ref": number, "properties": {"name": person}}}
          for number, person in enumerate(people, 1)),
        {"AddConnection": {"class": "parent" + name, "ref1": 1, "ref2": 2, "properties": {"year": 1950}}},
        {"AddConnection": {"class": "parent" + name, "ref1": 1, "ref2": 4, "properties": {"year": 1955}}},
        {"AddConnection": {"class": "parent" + name, "ref1": 2, "ref2": 3, "properties": {"year": 1980}}},
    ])
    return name


def neighbours(client, cls, person, link):
    replies, _ = ask(client, [
        {"FindEntity": {"class": cls, "_ref": 1, "constraints": {"name": ["==", person]}}},
        {"FindEntity": {"class": cls, "link": {"ref": 1, **link}, "results": {"list": ["name"]}}},
    ])
    return sorted(values(replies[1], "name")) if replies[1].get("entities") else []


def test_a_link_out_leads_to_what_the_connections_point_at(vdms, family):
    assert neighbours(vdms, family, "bob", {"direction": "out"}) == ["cat"]


def test_a_link_in_leads_to_where_the_connections_come_from(vdms, family):
    assert neighbours(vdms, family, "bob", {"direction": "in"}) == ["ann"]


@pytest.mark.parametrize("link", [{"direction": "any"}, {}])
def test_a_link_of_any_direction_leads_both_ways(vdms, family, link):
    assert neighbours(vdms, family, "bob", link) == ["ann", "cat"]


def test_a_link_of_another_class_leads_nowhere(vdms, family):
    assert neighbours(vdms, family, "bob", {"class": "stranger"}) == []
    assert neighbours(vdms, family, "bob", {"class": "parent" + family}) == ["ann", "cat"]


def test_constraints_of_a_link_are_those_of_the_connection(vdms, family):
    link = {"direction": "out", "constraints": {"year": [">", 1952]}}
    assert neighbours(vdms, family, "ann", link) == ["dan"]


def test_two_hops_follow_two_links(vdms, family):
    replies, _ = ask(vdms, [
        {"FindEntity": {"class": family, "_ref": 1, "constraints": {"name": ["==", "ann"]}}},
        {"FindEntity": {"class": family, "_ref": 2, "link": {"ref": 1, "direction": "out"}}},
        {"FindEntity": {"class": family, "link": {"ref": 2, "direction": "out"}, "results": {"list": ["name"]}}},
    ])
    assert values(replies[2], "name") == ["cat"]


def test_a_link_given_when_adding_points_out_of_the_new_entity(vdms, family):
    ask(vdms, [
        {"FindEntity": {"class": family, "_ref": 1, "constraints": {"name": ["==", "cat"]}}},
        {"AddEntity": {"class": family, "properties": {"name": "eve"},
                       "link": {"ref": 1, "class": "parent" + family, "properties": {"year": 1960}}}},
        {"AddEntity": {"class": family, "properties": {"name": "fay"},
                       "link": {"ref": 1, "class": "parent" + family, "direction": "in"}}},
    ])
    assert neighbours(vdms, family, "eve", {"direction": "out"}) == ["cat"]
    assert neighbours(vdms, family, "cat", {"direction": "out"}) == ["fay"]


def test_a_connection_joins_every_pair_of_what_its_refs_found(vdms, name):
    for number in range(3):
        one(vdms, "AddEntity", {"class": name + "a", "properties": {"n": number}})
        one(vdms, "AddEntity", {"class": name + "b", "properties": {"n": number}})
    ask(vdms, [
        {"FindEntity": {"class": name + "a", "_ref": 1, "constraints": {"n": ["<", 2]}}},
        {"FindEntity": {"class": name + "b", "_ref": 2}},
        {"AddConnection": {"class": "pair" + name, "ref1": 1, "ref2": 2}},
    ])
    assert one(vdms, "FindConnection", {"class": "pair" + name, "results": {"count": ""}})["count"] == 2 * 3


def test_connections_are_found_by_their_properties(vdms, family):
    reply = one(vdms, "FindConnection", {
        "class": "parent" + family, "constraints": {"year": [">=", 1955]},
        "results": {"list": ["year"], "sort": "year"}})
    assert reply["returned"] == 2
    assert values(reply, "year", "connections") == [1955, 1980]


def test_connections_are_found_by_their_ends(vdms, family):
    replies, _ = ask(vdms, [
        {"FindEntity": {"class": family, "_ref": 1, "constraints": {"name": ["==", "ann"]}}},
        {"FindEntity": {"class": family, "_ref": 2, "constraints": {"name": ["==", "dan"]}}},
        {"FindConnection": {"class": "parent" + family, "ref1": 1, "ref2": 2, "results": {"list": ["year"]}}},
    ])
    assert values(replies[2], "year", "connections") == [1955]


def test_connections_are_updated(vdms, family):
    reply = one(vdms, "UpdateConnection", {
        "class": "parent" + family, "constraints": {"year": ["==", 1980]},
        "properties": {"place": "Ulm"}, "remove_props": ["year"]})
    assert reply["count"] == 1
    changed = one(vdms, "FindConnection", {
        "class": "parent" + family, "constraints": {"place": ["==", "Ulm"]},
        "results": {"list": ["place", "year"]}})
    assert changed["connections"] == [{"place": "Ulm", "year": "Missing property"}]


def test_a_link_to_a_ref_that_is_not_there_fails_the_whole_query(vdms, family):
    refused_vdms(vdms, [
        {"AddEntity": {"class": family, "properties": {"name": "gil"}, "link": {"ref": 9, "class": "x"}}}])
    assert one(vdms, "FindEntity", {"class": family, "results": {"count": ""}})["count"] == 4


def test_a_connection_from_a_ref_that_is_not_there_says_so(vdms, family):
    failed = refused_vdms(vdms, [
        {"FindEntity": {"class": family, "_ref": 1, "constraints": {"name": ["==", "ann"]}}},
        {"AddConnection": {"class": "x", "ref1": 1, "ref2": 7}},
    ])
    assert failed["FailedCommand"] == "AddConnection"
    assert "Source/destination node references not found" in failed["info"]


def test_a_ref_given_twice_is_refused(vdms, family):
    failed = refused_vdms(vdms, [
        {"FindEntity": {"class": family, "_ref": 1}}, {"FindEntity": {"class": family, "_ref": 1}}])
    assert "Reuse of _ref value" in failed["info"]


def test_an_empty_find_with_a_ref_ends_the_transaction(vdms, family):
    failed = refused_vdms(vdms, [
        {"AddEntity": {"class": family, "properties": {"name": "hal"}}},
        {"FindEntity": {"class": family, "_ref": 1, "constraints": {"name": ["==", "nobody"]}}},
        {"FindEntity": {"class": family, "link": {"ref": 1}, "results": {"count": ""}}},
    ])
    assert "Null search iterator" in failed["info"]
    assert one(vdms, "FindEntity", {"class": family, "results": {"count": ""}})["count"] == 4
