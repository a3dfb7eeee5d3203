"""Sets of descriptors in VDMS's language, with neighbours computed by numpy."""

import numpy as np
import pytest
from pictures import squared_distances, vectors
from replies import ask, one, refused_vdms, values

ENGINES = ["FaissFlat", "FaissHNSWFlat", "FaissIVFFlat", "TileDBDense", "TileDBSparse", "Flinng"]
DIMENSIONS = 24
ROWS = vectors(seed=11, count=60, dimensions=DIMENSIONS)
LABELS = [f"label{row % 5}" for row in range(len(ROWS))]


def add_rows(client, name, metric="L2", engine="FaissFlat"):
    one(client, "AddDescriptorSet", {"name": name, "dimensions": DIMENSIONS, "metric": metric, "engine": engine})
    ask(client, [
        {"AddDescriptor": {"set": name, "label": label, "properties": {"row": row}}}
        for row, label in enumerate(LABELS)], [row.tobytes() for row in ROWS])
    return name


@pytest.fixture
def rows(vdms, name):
    """The set that holds ROWS, compared by L2."""
    return add_rows(vdms, name)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_nearest_are_those_of_numpy_whatever_the_engine_is_called(vdms, name, engine):
    add_rows(vdms, name, engine=engine)
    query = vectors(seed=12, count=1, dimensions=DIMENSIONS)[0]
    distances = squared_distances(ROWS, query)
    replies, _ = ask(vdms, [{"FindDescriptor": {
        "set": name, "k_neighbors": 5, "results": {"list": ["row", "_distance", "_label", "_id"]}}}],
        [query.tobytes()])
    nearest = np.argsort(distances)[:5]
    assert values(replies[0], "row") == nearest.tolist()
    assert values(replies[0], "_distance") == pytest.approx(distances[nearest].tolist(), rel=1e-4)
    assert values(replies[0], "_label") == [LABELS[row] for row in nearest]
    assert len(set(values(replies[0], "_id"))) == 5


def test_inner_products_find_the_largest(vdms, name):
    add_rows(vdms, name, metric="IP")
    query = vectors(seed=13, count=1, dimensions=DIMENSIONS)[0]
    products = ROWS.astype(float) @ query.astype(float)
    replies, _ = ask(vdms, [{"FindDescriptor": {
        "set": name, "k_neighbors": 4, "results": {"list": ["row", "_distance"]}}}], [query.tobytes()])
    best = np.argsort(-products)[:4]
    assert set(values(replies[0], "row")) == set(best.tolist())
    assert sorted(np.abs(values(replies[0], "_distance"))) == pytest.approx(sorted(np.abs(products[best])), rel=1e-4)


def test_a_batch_of_descriptors_is_added_by_one_blob(vdms, name):
    one(vdms, "AddDescriptorSet", {"name": name, "dimensions": DIMENSIONS, "metric": "L2", "engine": "FaissFlat"})
    ask(vdms, [{"AddDescriptor": {
        "set": name, "label": "many", "batch_properties": [{"row": row} for row in range(len(ROWS))]}}],
        [ROWS.tobytes()])
    replies, _ = ask(vdms, [{"FindDescriptor": {
        "set": name, "k_neighbors": 1, "results": {"list": ["row", "_distance"]}}}], [ROWS[33].tobytes()])
    assert replies[0]["entities"][0]["row"] == 33
    assert replies[0]["entities"][0]["_distance"] == pytest.approx(0, abs=1e-6)


def test_descriptors_are_found_by_properties_without_a_vector(vdms, rows):
    reply = one(vdms, "FindDescriptor", {
        "set": rows, "constraints": {"row": ["<", 3]}, "results": {"list": ["row", "_label"], "sort": "row"}})
    assert reply["entities"] == [{"row": row, "_label": LABELS[row]} for row in range(3)]


def test_the_vectors_come_back_as_blobs(vdms, rows):
    replies, blobs = ask(vdms, [{"FindDescriptor": {
        "set": rows, "constraints": {"row": ["==", 8]}, "results": {"list": ["row"], "blob": True}}}])
    assert np.array_equal(np.frombuffer(blobs[0], np.float32), ROWS[8])
    assert replies[0]["entities"][0]["blob"] is True


def test_constraints_narrow_the_neighbours(vdms, rows):
    replies, _ = ask(vdms, [{"FindDescriptor": {
        "set": rows, "k_neighbors": len(ROWS), "constraints": {"row": ["<", 10]},
        "results": {"list": ["row"]}}}], [ROWS[40].tobytes()])
    assert values(replies[0], "row") == np.argsort(squared_distances(ROWS[:10], ROWS[40])).tolist()


def test_classification_is_the_majority_of_the_neighbours(vdms, name):
    one(vdms, "AddDescriptorSet", {"name": name, "dimensions": 2, "metric": "L2", "engine": "FaissFlat"})
    places = {"near": [(0, 0), (0, 1), (1, 0)], "far": [(9, 9), (9, 8), (8, 9)]}
    for label, points in places.items():
        ask(vdms, [{"AddDescriptor": {"set": name, "label": label}} for _ in points],
            [np.array(point, np.float32).tobytes() for point in points])
    for label, point in {"near": (1, 1), "far": (7, 7)}.items():
        replies, _ = ask(vdms, [{"ClassifyDescriptor": {"set": name, "k_neighbors": 3}}],
                         [np.array(point, np.float32).tobytes()])
        assert replies[0]["label"] == label


def test_a_set_tells_what_it_is(vdms, rows):
    reply = one(vdms, "FindDescriptorSet", {"set": rows, "results": {"list": ["VD:name", "VD:dimensions"]}})
    assert reply["entities"][0]["VD:name"] == rows
    assert reply["entities"][0]["VD:dimensions"] == DIMENSIONS


def test_descriptors_are_found_by_a_link(vdms, rows):
    ask(vdms, [
        {"FindDescriptor": {"set": rows, "_ref": 1, "constraints": {"row": ["==", 5]}}},
        {"AddEntity": {"class": "E" + rows, "properties": {"n": 1}, "link": {"ref": 1, "class": "looks"}}},
    ])
    replies, _ = ask(vdms, [
        {"FindEntity": {"class": "E" + rows, "_ref": 1}},
        {"FindDescriptor": {"set": rows, "link": {"ref": 1, "class": "looks"}, "results": {"list": ["row"]}}},
    ])
    assert values(replies[1], "row") == [5]


def test_a_vector_of_another_length_is_refused(vdms, rows):
    failed = refused_vdms(vdms, [{"AddDescriptor": {"set": rows, "label": "x"}}], [ROWS[0][:-1].tobytes()])
    assert failed["FailedCommand"] == "AddDescriptor" and "Dimensions Mismatch" in failed["info"]


def test_a_batch_of_another_length_is_refused(vdms, rows):
    failed = refused_vdms(
        vdms, [{"AddDescriptor": {"set": rows, "batch_properties": [{"row": 1}, {"row": 2}]}}], [ROWS[0].tobytes()])
    assert "FV Input Length Mismatch" in failed["info"]


def test_a_set_that_is_not_there_is_named(vdms, name):
    failed = refused_vdms(vdms, [{"AddDescriptor": {"set": name, "label": "x"}}], [ROWS[0].tobytes()])
    assert name in failed["info"] and "not found" in failed["info"].lower()


def test_a_set_of_the_same_name_is_not_made_twice(vdms, rows):
    reply, _ = vdms.query([{"AddDescriptorSet": {
        "name": rows, "dimensions": DIMENSIONS + 1, "metric": "L2", "engine": "FaissFlat"}}])
    answer = reply[0].get("AddDescriptorSet", reply[0])
    assert answer["status"] != 0
