"""Entities in VDMS's language: adding, finding with every operator, updating, expiring."""

import pytest
from replies import ask, one, refused_vdms, values

PEOPLE = [
    {"name": "Ana", "age": 31, "height": 1.72, "member": True},
    {"name": "Bo", "age": 18, "height": 1.80, "member": False},
    {"name": "Cy", "age": 65, "height": 1.61, "member": True},
    {"name": "Di", "age": 42, "height": 1.55},
]


@pytest.fixture
def people(vdms, name):
    """The class that holds PEOPLE."""
    ask(vdms, [{"AddEntity": {"class": name, "properties": person}} for person in PEOPLE])
    return name


def names(client, cls, constraints, **results):
    reply = one(client, "FindEntity", {
        "class": cls, "constraints": constraints, "results": {"list": ["name"], **results}})
    return values(reply, "name") if reply.get("entities") else []


@pytest.mark.parametrize("constraints, test", [
    ({"age": ["==", 31]}, lambda p: p["age"] == 31),
    ({"age": ["!=", 31]}, lambda p: p["age"] != 31),
    ({"age": [">", 31]}, lambda p: p["age"] > 31),
    ({"age": [">=", 31]}, lambda p: p["age"] >= 31),
    ({"age": ["<", 42]}, lambda p: p["age"] < 42),
    ({"age": ["<=", 42]}, lambda p: p["age"] <= 42),
    ({"age": [">", 18, "<", 65]}, lambda p: 18 < p["age"] < 65),
    ({"age": [">=", 18, "<=", 65]}, lambda p: 18 <= p["age"] <= 65),
    ({"height": [">=", 1.61, "<", 1.8]}, lambda p: 1.61 <= p["height"] < 1.8),
    ({"name": ["==", "Ana"]}, lambda p: p["name"] == "Ana"),
    ({"name": ["==", ["Ana", "Cy"]]}, lambda p: p["name"] in ("Ana", "Cy")),
    ({"member": ["==", True]}, lambda p: p.get("member") is True),
    ({"age": [">", 20], "height": ["<", 1.7]}, lambda p: p["age"] > 20 and p["height"] < 1.7),
])
def test_constraints_select_as_python_does(vdms, people, constraints, test):
    assert sorted(names(vdms, people, constraints)) == sorted(p["name"] for p in PEOPLE if test(p))


def test_sorting_orders_numbers_and_texts_both_ways(vdms, people):
    everyone = {"age": [">=", 0]}
    assert names(vdms, people, everyone, sort="age") == [
        p["name"] for p in sorted(PEOPLE, key=lambda p: p["age"])]
    assert names(vdms, people, everyone, sort={"key": "name", "order": "descending"}) == ["Di", "Cy", "Bo", "Ana"]


def test_limit_takes_the_first_of_the_sorted(vdms, people):
    assert names(vdms, people, {"age": [">=", 0]}, sort="age", limit=2) == ["Bo", "Ana"]


def test_count_sum_and_average_are_those_of_the_matches(vdms, people):
    find = {"class": people, "constraints": {"age": [">", 18]}}
    ages = [p["age"] for p in PEOPLE if p["age"] > 18]
    assert one(vdms, "FindEntity", find | {"results": {"count": ""}})["count"] == len(ages)
    assert one(vdms, "FindEntity", find | {"results": {"sum": "age"}})["sum"] == sum(ages)
    assert one(vdms, "FindEntity", find | {"results": {"average": "age"}})["average"] == pytest.approx(
        sum(ages) / len(ages))


def test_a_property_that_is_not_there_is_listed_as_missing(vdms, people):
    reply = one(vdms, "FindEntity", {
        "class": people, "constraints": {"name": ["==", "Di"]}, "results": {"list": ["name", "member"]}})
    assert reply["returned"] == 1
    assert reply["entities"] == [{"name": "Di", "member": "Missing property"}]


def test_values_come_back_as_they_were_given(vdms, name):
    given = {"whole": -(2 ** 62), "real": 0.1, "yes": True, "text": "línea \"q\" \\ 写真", "empty": "",
             "when": {"_date": "2019-03-04T05:06:07+00:00"}}
    one(vdms, "AddEntity", {"class": name, "properties": given})
    found = one(vdms, "FindEntity", {"class": name, "results": {"list": list(given)}})["entities"][0]
    assert {key: value for key, value in found.items() if key != "when"} == {
        key: value for key, value in given.items() if key != "when"}
    assert found["when"]["_date"][:19] == "2019-03-04T05:06:07"


def test_dates_compare_as_times(vdms, name):
    days = ["2001-05-06T00:00:00+00:00", "2011-05-06T12:00:00+00:00", "2021-05-06T00:00:00+00:00"]
    for number, day in enumerate(days):
        one(vdms, "AddEntity", {"class": name, "properties": {"number": number, "day": {"_date": day}}})
    reply = one(vdms, "FindEntity", {
        "class": name, "constraints": {"day": [">=", {"_date": "2011-05-06T14:00:00+02:00"}]},
        "results": {"list": ["number"], "sort": "number"}})
    assert values(reply, "number") == [1, 2]


def test_an_entity_is_added_once_when_its_constraints_are_met_already(vdms, name):
    add = {"class": name, "properties": {"key": 7, "first": True}, "constraints": {"key": ["==", 7]}}
    one(vdms, "AddEntity", add)
    replies, _ = ask(vdms, [{"AddEntity": add}])
    assert replies[0]["status"] == 2
    assert one(vdms, "FindEntity", {"class": name, "results": {"count": ""}})["count"] == 1


def test_a_ref_to_an_entity_that_was_there_leads_to_it(vdms, name):
    one(vdms, "AddEntity", {"class": name, "properties": {"key": 1}})
    ask(vdms, [
        {"AddEntity": {"class": name, "_ref": 1, "properties": {"key": 1}, "constraints": {"key": ["==", 1]}}},
        {"AddEntity": {"class": name + "b", "properties": {"key": 2}, "link": {"ref": 1, "class": "of"}}},
    ])
    replies, _ = ask(vdms, [
        {"FindEntity": {"class": name, "_ref": 1, "constraints": {"key": ["==", 1]}, "results": {"count": ""}}},
        {"FindEntity": {"class": name + "b", "link": {"ref": 1}, "results": {"list": ["key"]}}},
    ])
    assert values(replies[1], "key") == [2]


def test_an_update_sets_and_removes_properties_and_counts_what_it_changed(vdms, people):
    reply = one(vdms, "UpdateEntity", {
        "class": people, "constraints": {"age": [">", 40]},
        "properties": {"senior": True, "height": 2.0}, "remove_props": ["member"]})
    assert reply["count"] == 2
    changed = one(vdms, "FindEntity", {
        "class": people, "constraints": {"senior": ["==", True]},
        "results": {"list": ["name", "height", "member"], "sort": "name"}})["entities"]
    assert changed == [{"name": n, "height": 2.0, "member": "Missing property"} for n in ("Cy", "Di")]


def test_a_type_of_value_is_that_of_each_entity(vdms, name):
    for value in (5, "five", 5.5, True):
        one(vdms, "AddEntity", {"class": name, "properties": {"v": value}})
    assert one(vdms, "FindEntity", {"class": name, "constraints": {"v": ["==", "five"]},
                                    "results": {"list": ["v"]}})["entities"] == [{"v": "five"}]


def test_unique_refuses_two_and_takes_one(vdms, people):
    find = {"class": people, "unique": True, "results": {"list": ["name"]}}
    assert values(one(vdms, "FindEntity", find | {"constraints": {"age": ["==", 18]}}), "name") == ["Bo"]
    reply, _ = vdms.query([{"FindEntity": find}])
    answer = reply[0].get("FindEntity", reply[0])
    assert answer["status"] == 3


def test_a_blob_of_an_entity_comes_back_when_it_is_asked_for(vdms, name):
    payload = bytes(range(256)) * 3
    ask(vdms, [{"AddEntity": {"class": name, "blob": True, "properties": {"n": 1}}}], [payload])
    find = {"class": name, "results": {"list": ["n"], "blob": True}}
    replies, blobs = ask(vdms, [{"FindEntity": find}])
    assert replies[0]["returned"] == 1 and blobs == [payload]
    find["results"].pop("blob")
    assert ask(vdms, [{"FindEntity": find}])[1] == []


def test_what_has_expired_is_deleted_and_the_rest_stays(vdms, name):
    for number, seconds in enumerate([0, 3600]):
        one(vdms, "AddEntity", {"class": name, "properties": {"n": number, "_expiration": seconds}})
    one(vdms, "DeleteExpired", {"results": {"count": ""}})
    reply = one(vdms, "FindEntity", {"class": name, "results": {"list": ["n", "_expiration", "_creation"]}})
    assert values(reply, "n") == [1]
    assert values(reply, "_expiration")[0] - values(reply, "_creation")[0] == 3600


def test_deletion_as_a_constraint_removes_what_is_found(vdms, people):
    one(vdms, "FindEntity", {
        "class": people, "constraints": {"age": ["<", 30], "_deletion": ["==", 1]}, "results": {"count": ""}})
    assert sorted(names(vdms, people, {"age": [">", 0]})) == ["Ana", "Cy", "Di"]


def test_an_empty_answer_is_no_error(vdms, people):
    reply = one(vdms, "FindEntity", {
        "class": people, "constraints": {"age": [">", 1000]}, "results": {"list": ["name"]}})
    assert reply["returned"] == 0
    assert one(vdms, "FindEntity", {
        "class": people, "constraints": {"age": [">", 1000]}, "results": {"count": ""}})["count"] == 0


def test_unknown_keys_are_refused(vdms, people):
    failed = refused_vdms(vdms, [{"FindEntity": {"class": people, "colour": "red", "results": {"count": ""}}}])
    assert "colour" in failed["info"]
