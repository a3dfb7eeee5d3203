"""What a Find gives back in ApertureDB's language: order, pages, batches, groups, aggregates."""

import itertools

import clients
import pytest
from replies import ask, one, values

ROWS = [{"n": n, "color": "red green blue".split()[n % 3], "weight": ((n * 7) % 10) / 4} for n in range(10)]


@pytest.fixture
def rows(db, name):
    """The class that holds ROWS, added in another order than theirs."""
    ask(db, [{"AddEntity": {"class": name, "properties": row}} for row in reversed(ROWS)])
    return name


def place(parameters, options, where):
    """The parameters with sort, limit and offset where the version puts them: in `results`, or beside it."""
    if where == "results":
        return parameters | {"results": parameters["results"] | options}
    return parameters | options


WHERE = pytest.mark.parametrize("where", ["results", "top"])


def numbers(client, rows, options, where):
    find = place({"with_class": rows, "results": {"list": ["n"]}}, options, where)
    return values(one(client, "FindEntity", find), "n")


@WHERE
def test_sort_by_one_key(db, rows, where):
    assert numbers(db, rows, {"sort": "n"}, where) == list(range(10))
    assert numbers(db, rows, {"sort": {"key": "n", "order": "descending"}}, where) == list(range(9, -1, -1))


@WHERE
def test_sort_by_several_keys(db, rows, where):
    sort = [{"key": "color", "order": "descending"}, {"key": "weight", "order": "ascending"}]
    expected = sorted(ROWS, key=lambda r: r["weight"])
    expected.sort(key=lambda r: r["color"], reverse=True)
    assert numbers(db, rows, {"sort": sort}, where) == [row["n"] for row in expected]


@WHERE
def test_sort_by_a_given_sequence(db, rows, where):
    sequence = [7, 2, 9]
    find = place({"with_class": rows, "constraints": {"n": ["in", sequence]}, "results": {"list": ["n"]}},
                 {"sort": {"key": "n", "sequence": sequence}}, where)
    assert values(one(db, "FindEntity", find), "n") == sequence


@WHERE
@pytest.mark.parametrize("offset, limit", [(0, 3), (3, 3), (8, 5), (10, 5)])
def test_pages_are_slices_of_the_sorted(db, rows, offset, limit, where):
    find = place({"with_class": rows, "results": {"list": ["n"]}},
                 {"sort": "n", "offset": offset, "limit": limit}, where)
    reply = ask(db, [{"FindEntity": find}])[0][0]
    found = values(reply, "n") if reply.get("entities") else []
    assert found == list(range(10))[offset:offset + limit] and reply["returned"] == len(found)


def test_count_is_of_all_that_match(db, rows):
    reply = one(db, "FindEntity", {
        "with_class": rows, "constraints": {"color": ["==", "red"]}, "results": {"count": True}})
    assert reply["count"] == 4


@pytest.mark.parametrize("function, expected", [
    ("sum", sum), ("min", min), ("max", max), ("average", lambda v: sum(v) / len(v))])
def test_aggregates_are_those_of_python(db, rows, function, expected):
    reply = one(db, "FindEntity", {"with_class": rows, "constraints": {"n": [">", 2]},
                                   "results": {function: ["weight", "n"]}})
    kept = [row for row in ROWS if row["n"] > 2]
    for key in ("weight", "n"):
        assert reply[function][key] == pytest.approx(expected([row[key] for row in kept]))


def test_groups_have_their_counts(db, rows):
    reply = one(db, "FindEntity", {"with_class": rows, "results": {"group": ["color"], "count": True}})
    (groups,) = [value for key, value in reply.items() if isinstance(value, list)]
    counts = {group["color"]: group["count"] for group in groups}
    assert counts == {"red": 4, "green": 3, "blue": 3}


def test_batches_partition_what_matches(db, rows):
    whole = one(db, "FindEntity", {"with_class": rows, "batch": {}, "results": {}})
    assert whole["batch"]["total_elements"] == 10
    seen = []
    for number in range(4):
        reply = one(db, "FindEntity", {
            "with_class": rows, "batch": {"batch_size": 3, "batch_id": number}, "results": {"list": ["n"]}})
        batch = reply["batch"]
        assert (batch["batch_size"], batch["batch_id"], batch["total_elements"]) == (3, number, 10)
        assert (batch["start"], batch["end"]) == (number * 3, min(number * 3 + 3, 10))
        assert reply["returned"] == batch["end"] - batch["start"]
        seen += values(reply, "n")
    assert sorted(seen) == list(range(10))


@pytest.fixture
def owners(db, name):
    """Owners 0, 1 and 2 with as many pets each as their number; gives the class of the owners and of the pets."""
    owner, pet = name + "o", name + "p"
    ask(db, [
        *({"AddEntity": {"_ref": number + 1, "class": owner, "properties": {"number": number}}} for number in range(3)),
        *({"AddEntity": {"class": pet, "properties": {"of": number, "nth": nth},
                         "connect": {"ref": number + 1, "class": "has", "direction": "in"}}}
          for number in range(3) for nth in range(number)),
    ])
    return owner, pet


@WHERE
def test_results_are_grouped_by_their_source(db, owners, where):
    owner, pet = owners
    find = {"with_class": pet, "is_connected_to": {"ref": 1}, "uniqueids": True, "results": {"list": ["of", "nth"]}}
    pets = place(find, {"group_by_source": True}, where)
    replies, _ = ask(db, [
        {"FindEntity": {"_ref": 1, "with_class": owner, "uniqueids": True, "results": {"list": ["number"]}}},
        {"FindEntity": pets},
    ])
    number_of = {entity["_uniqueid"]: entity["number"] for entity in replies[0]["entities"]}
    groups = replies[1]["entities"]
    assert isinstance(groups, dict)
    assert {number_of[key]: sorted(pet["nth"] for pet in group) for key, group in groups.items() if group} == {
        1: [0], 2: [0, 1]}
    assert all(pet["of"] == number_of[key] for key, group in groups.items() for pet in group)


def test_one_that_two_sources_lead_to_is_in_both_groups(db, name):
    ask(db, [
        {"AddEntity": {"_ref": 1, "class": name, "properties": {"n": 1}}},
        {"AddEntity": {"_ref": 2, "class": name, "properties": {"n": 2}}},
        {"AddEntity": {"_ref": 3, "class": name + "shared", "properties": {"n": 3}}},
        {"AddConnection": {"class": "c" + name, "src": 1, "dst": 3}},
        {"AddConnection": {"class": "c" + name, "src": 2, "dst": 3}},
    ])
    replies, _ = ask(db, [
        {"FindEntity": {"_ref": 1, "with_class": name, "uniqueids": True}},
        {"FindEntity": {"with_class": name + "shared", "is_connected_to": {"ref": 1}, "group_by_source": True,
                        "results": {"list": ["n"]}}},
        {"FindEntity": {"with_class": name + "shared", "is_connected_to": {"ref": 1}, "results": {"list": ["n"]}}},
    ])
    assert [values({"entities": group}, "n") for group in replies[1]["entities"].values()] == [[3], [3]]
    assert values(replies[2], "n") == [3], "and once where nothing is grouped"


def test_limits_of_pages_agree_with_batches(db, rows):
    pages = [numbers(db, rows, {"sort": "n", "limit": 4, "offset": start}, "top") for start in (0, 4, 8)]
    assert list(itertools.chain(*pages)) == list(range(10))


@pytest.mark.skipif(
    not clients.HAS_EXPRESSIONS, reason="0.2 has no Query, 0.4.61 sends the pair of commands and blobs as the query")
def test_the_clients_own_query_builder_sorts_and_limits(db, rows):
    from aperturedb.Constraints import Constraints
    from aperturedb.Entities import Entities
    from aperturedb.Query import Query
    from aperturedb.Sort import Order, Sort

    spec = Query.spec(with_class=rows, constraints=Constraints().greater("n", 3),
                      sort=Sort("n", Order.DESCENDING), limit=3, list=["n"])
    found = Entities.retrieve(db, spec)
    assert [entity["n"] for entity in found] == [9, 8, 7]
