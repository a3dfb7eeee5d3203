"""Entities in ApertureDB's language: adding, finding in both notations, updating, deleting."""

import pytest
from replies import ask, one, refused, values

PEOPLE = [
    {"name": "Ana", "age": 31, "height": 1.72, "member": True},
    {"name": "Bo", "age": 18, "height": 1.80, "member": False},
    {"name": "Cy", "age": 65, "height": 1.61, "member": True},
    {"name": "Di", "age": 42, "height": 1.55},
]


@pytest.fixture
def people(db, name):
    """The class that holds PEOPLE."""
    ask(db, [{"AddEntity": {"class": name, "properties": person}} for person in PEOPLE])
    return name


def names(client, cls, constraints):
    reply = ask(client, [{"FindEntity": {
        "with_class": cls, "constraints": constraints, "results": {"list": ["name"]}}}])[0][0]
    return sorted(values(reply, "name")) if reply.get("entities") else []


CASES = [
    ({"age": ["==", 31]}, ["$age", "==", 31], lambda p: p["age"] == 31),
    ({"age": ["!=", 31]}, ["$age", "!=", 31], lambda p: p["age"] != 31),
    ({"age": [">", 31]}, ["$age", ">", 31], lambda p: p["age"] > 31),
    ({"age": [">=", 18, "<", 65]}, ["all", ["$age", ">=", 18], ["$age", "<", 65]], lambda p: 18 <= p["age"] < 65),
    ({"name": ["in", ["Ana", "Di"]]}, ["$name", "in", {"array": ["Ana", "Di"]}], lambda p: p["name"] in ("Ana", "Di")),
    ({"member": ["==", False]}, ["$member", "==", False], lambda p: p.get("member") is False),
    ({"height": ["<=", 1.61], "age": [">", 40]}, ["all", ["$height", "<=", 1.61], ["$age", ">", 40]],
     lambda p: p["height"] <= 1.61 and p["age"] > 40),
    ({"any": {"age": ["==", 18], "name": ["==", "Cy"]}}, ["any", ["$age", "==", 18], ["$name", "==", "Cy"]],
     lambda p: p["age"] == 18 or p["name"] == "Cy"),
    ({"any": {"age": [">", 20, "<", 40], "name": ["==", "Bo"]}},
     ["any", ["all", ["$age", ">", 20], ["$age", "<", 40]], ["$name", "==", "Bo"]],
     lambda p: 20 < p["age"] < 40 or p["name"] == "Bo"),
    ({"all": {"age": [">", 20], "any": {"name": ["==", "Ana"], "height": ["<", 1.6]}}},
     ["all", ["$age", ">", 20], ["any", ["$name", "==", "Ana"], ["$height", "<", 1.6]]],
     lambda p: p["age"] > 20 and (p["name"] == "Ana" or p["height"] < 1.6)),
    ({"all": {"age": [">", 40]}}, ["all", ["$age", ">", 40]], lambda p: p["age"] > 40),
]


@pytest.mark.parametrize("notation", ["dictionary", "expression"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case[0]))
def test_both_notations_select_as_python_does(db, people, case, notation):
    constraints = case[0] if notation == "dictionary" else case[1]
    assert names(db, people, constraints) == sorted(p["name"] for p in PEOPLE if case[2](p))


def test_a_text_with_a_dollar_is_doubled_in_expressions(db, name):
    ask(db, [{"AddEntity": {"class": name, "properties": {"name": text}}} for text in ("$5", "5")])
    assert names(db, name, ["$name", "==", "$$5"]) == ["$5"]
    assert names(db, name, {"name": ["==", "$5"]}) == ["$5"]


def test_dates_compare_as_times_in_both_notations(db, name):
    days = ["2001-05-06T00:00:00+00:00", "2011-05-06T12:00:00+00:00", "2021-05-06T00:00:00+00:00"]
    ask(db, [{"AddEntity": {"class": name, "properties": {"name": day[:4], "day": {"_date": day}}}} for day in days])
    moment = "2011-05-06T14:00:00+02:00"
    for constraints in ({"day": [">=", {"_date": moment}]}, ["$day", ">=", {"to_date": moment}]):
        assert names(db, name, constraints) == ["2011", "2021"]
    reply = one(db, "FindEntity", {"with_class": name, "constraints": {"name": ["==", "2011"]},
                                   "results": {"list": ["day"]}})
    assert reply["entities"][0]["day"]["_date"][:19] == "2011-05-06T12:00:00"


def test_values_come_back_as_they_were_given(db, name):
    given = {"whole": -(2 ** 62), "real": 0.1, "yes": True, "text": "línea \"q\" \\ 写真", "empty": ""}
    one(db, "AddEntity", {"class": name, "properties": given})
    reply = one(db, "FindEntity", {"with_class": name, "results": {"list": list(given)}})
    assert reply["entities"] == [given] and reply["returned"] == 1


def test_all_properties_are_those_that_were_given(db, people):
    reply = one(db, "FindEntity", {
        "with_class": people, "constraints": {"name": ["==", "Ana"]}, "results": {"all_properties": True}})
    found = {key: value for key, value in reply["entities"][0].items() if not key.startswith("_")}
    assert found == PEOPLE[0]


def test_a_property_that_is_not_there_is_null(db, people):
    reply = one(db, "FindEntity", {
        "with_class": people, "constraints": {"name": ["==", "Di"]}, "results": {"list": ["name", "member"]}})
    assert reply["entities"] == [{"name": "Di", "member": None}]


@pytest.mark.parametrize("constraints, expected", [
    ({"member": ["==", None]}, ["Di"]), ({"member": ["!=", None]}, ["Ana", "Bo", "Cy"])])
def test_null_asks_whether_a_property_is_there(db, people, constraints, expected):
    assert names(db, people, constraints) == expected


def test_a_find_with_nothing_asked_for_returns_nothing(db, people):
    reply = one(db, "FindEntity", {"_ref": 1, "with_class": people})
    assert reply == {"returned": 0, "status": 0}


def test_unique_ids_find_again_what_they_name(db, people):
    reply = one(db, "FindEntity", {"with_class": people, "uniqueids": True, "results": {"list": ["name"]}})
    ids = {entity["_uniqueid"]: entity["name"] for entity in reply["entities"]}
    assert len(ids) == 4 and all(isinstance(key, str) for key in ids)
    for key, person in ids.items():
        assert names(db, people, {"_uniqueid": ["==", key]}) == [person]
        assert names(db, people, ["$_uniqueid", "==", key]) == [person]
    few = list(ids)[:2]
    assert names(db, people, {"_uniqueid": ["in", few]}) == sorted(ids[key] for key in few)
    assert len(names(db, people, {"_uniqueid": ["!=", "0.0.0"]})) == 4


def test_unique_ids_alone_make_entities(db, people):
    reply = one(db, "FindEntity", {"_ref": 1, "with_class": people, "uniqueids": True})
    assert len({entity["_uniqueid"] for entity in reply["entities"]}) == 4


def test_an_id_is_found_without_naming_the_class(db, people):
    key = one(db, "FindEntity", {"with_class": people, "constraints": {"name": ["==", "Bo"]},
                                 "uniqueids": True})["entities"][0]["_uniqueid"]
    reply = one(db, "FindEntity", {
        "unique": True, "constraints": {"_uniqueid": ["==", key]}, "results": {"list": ["name"]}})
    assert reply["entities"] == [{"name": "Bo"}]


@pytest.mark.parametrize("condition", [{"key": ["==", 7]}, ["$key", "==", 7]], ids=["dictionary", "expression"])
def test_if_not_found_adds_once(db, name, condition):
    add = {"AddEntity": {"class": name, "properties": {"key": 7}, "if_not_found": condition}}
    assert ask(db, [add])[0][0]["status"] == 0
    again = ask(db, [add])[0][0]
    assert again["status"] == 2 and again["info"]
    assert one(db, "FindEntity", {"with_class": name, "results": {"count": True}})["count"] == 1


def test_a_ref_to_what_was_found_instead_of_added_leads_to_it(db, name):
    one(db, "AddEntity", {"class": name, "properties": {"key": 1}})
    ask(db, [
        {"AddEntity": {"_ref": 1, "class": name, "properties": {"key": 1}, "if_not_found": {"key": ["==", 1]}}},
        {"AddEntity": {"class": name + "b", "properties": {"key": 2}, "connect": {"ref": 1, "class": "of" + name}}},
    ])
    replies, _ = ask(db, [
        {"FindEntity": {"_ref": 1, "with_class": name}},
        {"FindEntity": {"with_class": name + "b", "is_connected_to": {"ref": 1}, "results": {"list": ["key"]}}},
    ])
    assert values(replies[1], "key") == [2]


def test_an_update_changes_what_matches_and_counts_it(db, people):
    reply = one(db, "UpdateEntity", {
        "with_class": people, "constraints": {"age": [">", 40]},
        "properties": {"senior": True, "height": 2.0}, "remove_props": ["member"]})
    assert reply["count"] == 2
    found = one(db, "FindEntity", {
        "with_class": people, "constraints": {"senior": ["==", True]},
        "results": {"list": ["name", "height", "member"]}})["entities"]
    assert sorted(found, key=lambda e: e["name"]) == [
        {"name": person, "height": 2.0, "member": None} for person in ("Cy", "Di")]


def test_an_update_by_ref_changes_what_was_found(db, people):
    replies, _ = ask(db, [
        {"FindEntity": {"_ref": 4, "with_class": people, "constraints": {"name": ["==", "Bo"]}}},
        {"UpdateEntity": {"ref": 4, "properties": {"age": 19}}},
        {"FindEntity": {"with_class": people, "constraints": {"age": ["==", 19]}, "results": {"list": ["name"]}}},
    ])
    assert values(replies[2], "name") == ["Bo"]


def test_a_delete_by_constraints_and_by_ref(db, people):
    assert one(db, "DeleteEntity", {"with_class": people, "constraints": {"age": ["<", 20]}})["count"] == 1
    ask(db, [
        {"FindEntity": {"_ref": 1, "with_class": people, "constraints": {"name": ["==", "Ana"]}}},
        {"DeleteEntity": {"ref": 1}},
    ])
    assert names(db, people, {"age": [">", 0]}) == ["Cy", "Di"]


def test_deleting_nothing_is_no_error(db, people):
    reply = one(db, "DeleteEntity", {"with_class": people, "constraints": {"age": [">", 1000]}})
    assert reply["count"] == 0


def test_unique_refuses_two_with_status_3_and_says_how_many(db, people):
    answer = refused(db, [{"FindEntity": {"with_class": people, "unique": True, "results": {"list": ["name"]}}}])
    assert answer["status"] == 3 and "expecting 1 but got 4" in answer["info"]
    reply = one(db, "FindEntity", {"with_class": people, "unique": True, "constraints": {"age": ["==", 18]},
                                   "results": {"list": ["name"]}})
    assert values(reply, "name") == ["Bo"]


def test_a_property_has_one_type_in_a_class(db, name):
    one(db, "AddEntity", {"class": name, "properties": {"v": 5}})
    refused(db, [{"AddEntity": {"class": name, "properties": {"v": "five"}}}])
    assert one(db, "FindEntity", {"with_class": name, "results": {"list": ["v"]}})["entities"] == [{"v": 5}]


def test_reserved_names_are_refused(db, name):
    refused(db, [{"AddEntity": {"class": "_" + name, "properties": {}}}])
    refused(db, [{"AddEntity": {"class": name, "properties": {"_own": 1}}}])
