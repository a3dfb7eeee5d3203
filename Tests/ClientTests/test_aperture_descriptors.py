"""Sets of descriptors in ApertureDB's language, with neighbours computed by numpy."""

import numpy as np
import pytest
from pictures import cosines, squared_distances, vectors
from replies import ask, one, refused, values

DIMENSIONS = 24
ROWS = vectors(seed=11, count=80, dimensions=DIMENSIONS)
LABELS = [f"label{row % 5}" for row in range(len(ROWS))]
QUERIES = vectors(seed=12, count=6, dimensions=DIMENSIONS)


def add_rows(client, name, metric="L2", engine="HNSW"):
    one(client, "AddDescriptorSet", {"name": name, "dimensions": DIMENSIONS, "metric": metric, "engine": engine})
    ask(client, [
        {"AddDescriptor": {"set": name, "label": label, "properties": {"row": row}}}
        for row, label in enumerate(LABELS)], [row.tobytes() for row in ROWS])
    return name


@pytest.fixture
def rows(db, name):
    """The set that holds ROWS, compared by L2."""
    return add_rows(db, name)


def search(client, name, query, k, **more):
    replies, blobs = ask(client, [{"FindDescriptor": {
        "set": name, "k_neighbors": k, "distances": True, "labels": True, "results": {"list": ["row"]}, **more}}],
        [query.tobytes()])
    return replies[0], blobs


def expected(metric, query):
    """The rows from the nearest, and the number that says how near each is."""
    if metric == "L2":
        numbers = squared_distances(ROWS, query)
        return np.argsort(numbers), numbers
    numbers = cosines(ROWS, query) if metric == "CS" else ROWS.astype(float) @ query.astype(float)
    return np.argsort(-numbers), numbers


@pytest.mark.parametrize("engine", ["Flat", "IVF", "HNSW", "FaissFlat", "FaissIVFFlat", ["HNSW"], ["Flat", "HNSW"]],
                         ids=str)
def test_a_set_answers_by_numpys_order_whatever_the_engine_is_called(db, name, engine):
    add_rows(db, name, engine=engine)
    order, numbers = expected("L2", QUERIES[0])
    reply, _ = search(db, name, QUERIES[0], 5)
    assert values(reply, "row") == order[:5].tolist()
    assert values(reply, "_distance") == pytest.approx(numbers[order[:5]].tolist(), rel=1e-4)


@pytest.mark.parametrize("metric", ["L2", "IP", "CS", ["CS"]], ids=str)
def test_every_metric_sorts_the_nearest_first(db, name, metric):
    add_rows(db, name, metric=metric)
    for query in QUERIES:
        order, numbers = expected(metric if isinstance(metric, str) else metric[0], query)
        reply, _ = search(db, name, query, 6)
        assert values(reply, "row") == order[:6].tolist()
        assert values(reply, "_distance") == pytest.approx(numbers[order[:6]].tolist(), rel=1e-3, abs=1e-4)
        assert values(reply, "_label") == [LABELS[row] for row in order[:6]]


def test_a_metric_may_be_chosen_among_those_of_the_set(db, name):
    add_rows(db, name, metric=["L2", "CS"])
    for metric in ("L2", "CS"):
        order, _ = expected(metric, QUERIES[1])
        reply, _ = search(db, name, QUERIES[1], 4, metric=metric)
        assert values(reply, "row") == order[:4].tolist()


@pytest.mark.parametrize("constraints", [{"row": ["<", 12]}, ["$row", "<", 12]], ids=["dictionary", "expression"])
def test_constraints_hold_inside_the_search(db, rows, constraints):
    order, _ = expected("L2", ROWS[70])
    reply, _ = search(db, rows, ROWS[70], 10, constraints=constraints)
    assert values(reply, "row") == [row for row in order if row < 12][:10]


def test_there_are_as_many_as_match_when_fewer_than_k_do(db, rows):
    reply, _ = search(db, rows, ROWS[70], 50, constraints={"row": ["<", 3]})
    assert sorted(values(reply, "row")) == [0, 1, 2] and reply["returned"] == 3
    reply, _ = search(db, rows, ROWS[0], 1000)
    assert reply["returned"] == len(ROWS)


def test_constraints_may_hold_after_the_search_instead(db, rows):
    order, _ = expected("L2", ROWS[70])
    reply, _ = search(db, rows, ROWS[70], 10, constraints={"row": ["<", 40]}, knn_first=True)
    assert values(reply, "row") == [row for row in order[:10] if row < 40]


def test_labels_narrow_the_search(db, rows):
    order, _ = expected("L2", QUERIES[2])
    reply, _ = search(db, rows, QUERIES[2], 4, with_label="label2")
    assert values(reply, "row") == [row for row in order if LABELS[row] == "label2"][:4]


def test_connections_narrow_the_search(db, rows):
    chosen = [3, 30, 60]
    ask(db, [
        {"AddEntity": {"_ref": 1, "class": "Group" + rows, "properties": {"n": 1}}},
        {"FindDescriptor": {"set": rows, "_ref": 2, "constraints": {"row": ["in", chosen]}}},
        {"AddConnection": {"class": "holds" + rows, "src": 1, "dst": 2}},
    ])
    replies, _ = ask(db, [
        {"FindEntity": {"_ref": 1, "with_class": "Group" + rows}},
        {"FindDescriptor": {"set": rows, "k_neighbors": 2, "is_connected_to": {"ref": 1}, "distances": True,
                            "results": {"list": ["row"]}}},
    ], [QUERIES[3].tobytes()])
    order, _ = expected("L2", QUERIES[3])
    assert values(replies[1], "row") == [row for row in order if row in chosen][:2]


def test_neighbours_lead_on_to_what_they_are_connected_to(db, rows):
    ask(db, [
        {"FindDescriptor": {"set": rows, "_ref": 1, "constraints": {"row": ["==", 5]}}},
        {"AddEntity": {"class": "Thing" + rows, "properties": {"n": 5},
                       "connect": {"ref": 1, "class": "looks" + rows}}},
    ])
    replies, _ = ask(db, [
        {"FindDescriptor": {"set": rows, "_ref": 1, "k_neighbors": 1}},
        {"FindEntity": {"with_class": "Thing" + rows, "is_connected_to": {"ref": 1}, "results": {"list": ["n"]}}},
    ], [ROWS[5].tobytes()])
    assert values(replies[1], "n") == [5]


def test_a_batch_finds_for_each_vector_what_it_would_find_alone(db, rows):
    replies, _ = ask(db, [{"FindDescriptorBatch": {
        "set": rows, "k_neighbors": 3, "n_descriptors": len(QUERIES), "distances": True,
        "results": {"list": ["row"]}}}],
        [QUERIES.tobytes()])
    lists = [value for value in replies[0].values() if isinstance(value, list)][0]
    assert [[entity["row"] for entity in one_list] for one_list in lists] == [
        expected("L2", query)[0][:3].tolist() for query in QUERIES]


def test_the_vectors_come_back_as_blobs(db, rows):
    replies, blobs = ask(db, [{"FindDescriptor": {
        "set": rows, "constraints": {"row": ["in", [8, 2]]}, "blobs": True, "results": {"list": ["row"]}}}])
    assert len(blobs) == 2
    for entity in replies[0]["entities"]:
        assert np.array_equal(np.frombuffer(blobs[entity["_blob_index"]], np.float32), ROWS[entity["row"]])


def test_descriptors_are_updated_and_deleted(db, rows):
    one(db, "UpdateDescriptor", {"set": rows, "constraints": {"row": ["==", 7]}, "properties": {"seen": True}})
    reply = one(db, "FindDescriptor", {
        "set": rows, "constraints": {"seen": ["==", True]}, "results": {"list": ["row"]}})
    assert values(reply, "row") == [7]
    one(db, "DeleteDescriptor", {"set": rows, "constraints": {"row": ["==", 7]}})
    order, _ = expected("L2", ROWS[7])
    reply, _ = search(db, rows, ROWS[7], 3)
    assert values(reply, "row") == [row for row in order if row != 7][:3]


def test_classification_is_the_majority_of_the_neighbours(db, name):
    one(db, "AddDescriptorSet", {"name": name, "dimensions": 2, "metric": "L2", "engine": "Flat"})
    for label, points in {"near": [(0, 0), (0, 1), (1, 0)], "far": [(9, 9), (9, 8), (8, 9)]}.items():
        ask(db, [{"AddDescriptor": {"set": name, "label": label}} for _ in points],
            [np.array(point, np.float32).tobytes() for point in points])
    for label, point in {"near": (1, 1), "far": (7, 7)}.items():
        replies, _ = ask(db, [{"ClassifyDescriptor": {"set": name, "k_neighbors": 3}}],
                         [np.array(point, np.float32).tobytes()])
        assert replies[0]["label"] == label


def test_a_set_tells_what_it_is(db, rows):
    reply = one(db, "FindDescriptorSet", {
        "with_name": rows, "metrics": True, "engines": True, "dimensions": True, "counts": True,
        "results": {"list": ["_name"]}})
    (entity,) = reply["entities"]
    assert (entity["_name"], entity["_dimensions"], entity["_count"]) == (rows, DIMENSIONS, len(ROWS))
    assert entity["_metrics"] == ["L2"] and len(entity["_engines"]) == 1


def test_a_set_is_updated_and_deleted_with_its_descriptors(db, rows):
    one(db, "UpdateDescriptorSet", {"with_name": rows, "properties": {"model": "x1"}})
    reply = one(db, "FindDescriptorSet", {"constraints": {"model": ["==", "x1"]}, "results": {"list": ["_name"]}})
    assert values(reply, "_name") == [rows]
    ask(db, [{"FindDescriptorSet": {"_ref": 1, "with_name": rows}}, {"DeleteDescriptorSet": {"ref": 1}}])
    refused(db, [{"AddDescriptor": {"set": rows}}], [ROWS[0].tobytes()])
    assert one(db, "FindEntity", {"with_class": "_Descriptor", "constraints": {"_set_name": ["==", rows]},
                                  "results": {"count": True}})["count"] == 0


def test_the_reply_to_a_new_set_is_status_0_and_nothing_else(db, name):
    reply, _ = db.query([{"AddDescriptorSet": {"name": name, "dimensions": 4, "metric": "L2", "engine": "Flat"}}])
    assert reply == [{"AddDescriptorSet": {"status": 0}}]
    reply = one(db, "FindDescriptorSet", {"with_name": name, "dimensions": True})
    assert values(reply, "_dimensions") == [4]


def test_a_descriptor_is_added_once_and_knows_its_set(db, rows):
    again = {"set": rows, "properties": {"row": 5}, "if_not_found": {"row": ["==", 5]}}
    replies, _ = ask(db, [{"AddDescriptor": again}], [ROWS[5].tobytes()])
    assert replies[0]["status"] == 2
    replies, _ = ask(db, [
        {"FindDescriptorSet": {"_ref": 1, "with_name": rows}},
        {"FindDescriptor": {"set": rows, "results": {"count": True},
                            "is_connected_to": {"ref": 1, "connection_class": "_DescriptorSetToDescriptor"}}},
    ])
    assert replies[1]["count"] == len(ROWS)


@pytest.mark.parametrize(
    "blob", [b"", ROWS[0][:-1].tobytes(), ROWS[0].tobytes() + b"\0"], ids=["none", "short", "long"])
def test_a_vector_of_another_length_is_refused(db, rows, blob):
    refused(db, [{"AddDescriptor": {"set": rows, "properties": {"row": 999}}}], [blob])
    refused(db, [{"FindDescriptor": {"set": rows, "k_neighbors": 1}}], [blob])


@pytest.mark.parametrize("more", [{"metric": "Manhattan"}, {"dimensions": 0}, {"dimensions": -4}, {"engine": "Magic"}],
                         ids=str)
def test_a_set_that_makes_no_sense_is_refused(db, name, more):
    refused(db, [{"AddDescriptorSet": {"name": name, "dimensions": 4, "metric": "L2", "engine": "Flat"} | more}])
