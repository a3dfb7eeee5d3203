"""Bounding boxes and polygons in ApertureDB's language, with areas and overlaps computed here."""

import numpy as np
import pytest
from pictures import decoded, picture, png
from replies import ask, one, refused, values

BOXES = {"cup": (4, 6, 30, 20), "key": (40, 30, 8, 9), "pen": (10, 10, 30, 20)}
SQUARE = [[[2, 2], [12, 2], [12, 12], [2, 12]]]
SHAPES = {
    "square": (SQUARE, 100.0, {"x": 2, "y": 2, "width": 10, "height": 10}),
    "triangle": ([[[20, 10], [40, 10], [20, 30]]], 200.0, {"x": 20, "y": 10, "width": 20, "height": 20}),
    "two parts": ([[[0, 40], [4, 40], [4, 44], [0, 44]], [[50, 40], [56, 40], [56, 43], [50, 43]]], 34.0,
                  {"x": 0, "y": 40, "width": 56, "height": 4}),
}


def rectangle(x, y, width, height):
    return {"x": x, "y": y, "width": width, "height": height}


@pytest.fixture
def image(db, name):
    """A PNG of picture 3 with the property `key`; gives the key."""
    ask(db, [{"AddImage": {"properties": {"key": name}}}], [png(picture(3))])
    return name


@pytest.fixture
def boxes(db, image):
    ask(db, [
        {"FindImage": {"_ref": 1, "constraints": {"key": ["==", image]}, "blobs": False}},
        *({"AddBoundingBox": {"image_ref": 1, "rectangle": rectangle(*box), "label": label,
                              "properties": {"of": image}}} for label, box in BOXES.items()),
    ])
    return image


@pytest.fixture
def polygons(db, image):
    ask(db, [
        {"FindImage": {"_ref": 1, "constraints": {"key": ["==", image]}, "blobs": False}},
        *({"AddPolygon": {"image_ref": 1, "polygons": shape[0], "label": label, "properties": {"of": image}}}
          for label, shape in SHAPES.items()),
    ])
    return image


def of_image(client, key, command, **parameters):
    replies, blobs = ask(client, [
        {"FindImage": {"_ref": 1, "constraints": {"key": ["==", key]}, "blobs": False}},
        {command: {"image_ref": 1, **parameters}},
    ])
    return replies[1], blobs


@pytest.mark.parametrize("way", ["image_ref", "image", "is_connected_to"])
def test_boxes_are_found_by_their_image(db, boxes, way):
    replies, _ = ask(db, [
        {"FindImage": {"_ref": 1, "constraints": {"key": ["==", boxes]}, "blobs": False}},
        {"FindBoundingBox": {way: {"ref": 1} if way == "is_connected_to" else 1, "blobs": False,
                             "coordinates": True, "labels": True, "areas": True}},
    ])
    found = {box["_label"]: (box["_coordinates"], box["_area"]) for box in replies[1]["entities"]}
    assert found == {label: (rectangle(*box), box[2] * box[3]) for label, box in BOXES.items()}


def test_images_are_found_by_their_boxes(db, boxes):
    replies, _ = ask(db, [
        {"FindBoundingBox": {"_ref": 1, "with_label": "pen", "constraints": {"of": ["==", boxes]}}},
        {"FindImage": {"is_connected_to": {"ref": 1}, "blobs": False, "results": {"list": ["key"]}}},
    ])
    assert values(replies[1], "key") == [boxes]


def test_boxes_are_found_by_label(db, boxes):
    reply, _ = of_image(db, boxes, "FindBoundingBox", with_label="key", labels=True)
    assert values(reply, "_label") == ["key"]
    reply, _ = of_image(db, boxes, "FindBoundingBox", constraints={"_label": ["in", ["cup", "pen"]]}, labels=True)
    assert sorted(values(reply, "_label")) == ["cup", "pen"]


def test_boxes_within_a_rectangle_are_found(db, boxes):
    reply, _ = of_image(db, boxes, "FindBoundingBox", in_rectangle=rectangle(0, 0, 41, 31), labels=True)
    assert sorted(values(reply, "_label")) == ["cup", "pen"]
    reply, _ = of_image(db, boxes, "FindBoundingBox", in_rectangle=rectangle(39, 29, 20, 19), labels=True)
    assert values(reply, "_label") == ["key"]


def test_the_blob_of_a_box_is_its_part_of_the_image(db, boxes):
    reply, blobs = of_image(db, boxes, "FindBoundingBox", blobs=True, labels=True, as_format="png")
    for box in reply["entities"]:
        x, y, width, height = BOXES[box["_label"]]
        assert np.array_equal(decoded(blobs[box["_blob_index"]]), picture(3)[y:y + height, x:x + width])


def test_a_box_is_updated_and_deleted(db, boxes):
    one(db, "UpdateBoundingBox", {"constraints": {"of": ["==", boxes], "_label": ["==", "key"]},
                                  "rectangle": rectangle(1, 2, 3, 4), "label": "lock", "properties": {"n": 5}})
    reply = one(db, "FindBoundingBox", {"constraints": {"of": ["==", boxes], "n": ["==", 5]}, "coordinates": True,
                                        "labels": True})
    assert reply["entities"][0]["_label"] == "lock"
    assert reply["entities"][0]["_coordinates"] == rectangle(1, 2, 3, 4)
    one(db, "DeleteBoundingBox", {"constraints": {"of": ["==", boxes], "n": ["==", 5]}})
    reply, _ = of_image(db, boxes, "FindBoundingBox", labels=True)
    assert sorted(values(reply, "_label")) == ["cup", "pen"]


def test_a_box_is_added_once(db, boxes):
    replies, _ = ask(db, [
        {"FindImage": {"_ref": 1, "constraints": {"key": ["==", boxes]}, "blobs": False}},
        {"AddBoundingBox": {"image_ref": 1, "rectangle": rectangle(0, 0, 1, 1), "properties": {"of": boxes},
                            "if_not_found": {"of": ["==", boxes]}}},
    ])
    assert replies[1]["status"] == 2


def test_deleting_the_image_deletes_its_boxes(db, boxes):
    one(db, "DeleteImage", {"constraints": {"key": ["==", boxes]}})
    assert one(db, "FindBoundingBox", {"constraints": {"of": ["==", boxes]}, "results": {"count": True}})["count"] == 0


@pytest.mark.parametrize("bad", [
    rectangle(0, 0, -1, 5), rectangle(0, 0, 0, 0), {"x": 0, "y": 0, "width": 5}, rectangle("0", 0, 1, 1),
], ids=str)
def test_a_box_that_is_none_is_refused(db, image, bad):
    refused(db, [
        {"FindImage": {"_ref": 1, "constraints": {"key": ["==", image]}, "blobs": False}},
        {"AddBoundingBox": {"image_ref": 1, "rectangle": bad}}])


def test_polygons_have_vertices_bounds_and_areas(db, polygons):
    reply, _ = of_image(db, polygons, "FindPolygon", vertices=True, bounds=True, areas=True, labels=True)
    assert sorted(values(reply, "_label")) == sorted(SHAPES)
    for polygon in reply["entities"]:
        rings, area, bounds = SHAPES[polygon["_label"]]
        assert polygon["_area"] == pytest.approx(area)
        assert polygon["_bounds"] == bounds
        assert len(polygon["_vertices"]) == len(rings)
        for ring, given in zip(polygon["_vertices"], rings):
            assert sorted(map(tuple, ring)) == sorted(map(tuple, given))


def test_polygons_within_a_rectangle_and_by_label(db, polygons):
    reply, _ = of_image(db, polygons, "FindPolygon", in_rectangle=rectangle(0, 0, 42, 32), labels=True)
    assert sorted(values(reply, "_label")) == ["square", "triangle"]
    reply, _ = of_image(db, polygons, "FindPolygon", with_label="triangle", labels=True)
    assert values(reply, "_label") == ["triangle"]


def test_a_hull_holds_all_parts(db, polygons):
    reply, _ = of_image(db, polygons, "FindPolygon", with_label="two parts", hulls=True)
    (hull,) = [value for key, value in reply["entities"][0].items() if "hull" in key]
    points = {tuple(point) for point in np.asarray(hull, float).reshape(-1, 2)}
    assert points == {(0, 40), (56, 40), (56, 43), (4, 44), (0, 44)}


def test_polygons_are_updated_and_deleted(db, polygons):
    one(db, "UpdatePolygon", {"constraints": {"of": ["==", polygons], "_label": ["==", "square"]},
                              "properties": {"n": 7}})
    reply = one(db, "FindPolygon", {"constraints": {"of": ["==", polygons], "n": ["==", 7]}, "labels": True})
    assert values(reply, "_label") == ["square"]
    one(db, "DeletePolygon", {"constraints": {"of": ["==", polygons]}})
    reply = one(db, "FindPolygon", {"constraints": {"of": ["==", polygons]}, "results": {"count": True}})
    assert reply["count"] == 0


def overlap(a, b):
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(width, 0) * max(height, 0)
    return both / (a[2] * a[3] + b[2] * b[3] - both)


def test_overlaps_of_boxes_are_intersection_over_union(db, boxes):
    replies, _ = ask(db, [
        {"FindBoundingBox": {"_ref": 1, "constraints": {"of": ["==", boxes]}, "labels": True}},
        {"FindBoundingBox": {"_ref": 2, "constraints": {"of": ["==", boxes], "_label": ["==", "pen"]}}},
        {"RegionIoU": {"roi_1": 1, "roi_2": 2}},
    ])
    matrix = replies[2]["IoU"]
    expected = [[overlap(BOXES[label], BOXES["pen"])] for label in values(replies[0], "_label")]
    assert np.asarray(matrix) == pytest.approx(np.asarray(expected))


def test_a_box_overlaps_a_polygon_by_their_areas(db, image):
    replies, _ = ask(db, [
        {"FindImage": {"_ref": 1, "constraints": {"key": ["==", image]}, "blobs": False}},
        {"AddBoundingBox": {"image_ref": 1, "rectangle": rectangle(2, 2, 10, 10), "properties": {"of": image}}},
        {"AddPolygon": {"image_ref": 1, "polygons": [[[2, 2], [12, 2], [2, 12]]], "properties": {"of": image}}},
        {"FindBoundingBox": {"_ref": 2, "constraints": {"of": ["==", image]}}},
        {"FindPolygon": {"_ref": 3, "constraints": {"of": ["==", image]}}},
        {"RegionIoU": {"roi_1": 2, "roi_2": 3}},
    ])
    assert replies[5]["IoU"][0][0] == pytest.approx(0.5)


@pytest.mark.parametrize("bad", [[], [[]], [[[0, 0], [1, 1]]], [[["a", 0], [1, 1], [2, 0]]]], ids=str)
def test_a_polygon_that_is_none_is_refused(db, image, bad):
    refused(db, [
        {"FindImage": {"_ref": 1, "constraints": {"key": ["==", image]}, "blobs": False}},
        {"AddPolygon": {"image_ref": 1, "polygons": bad}}])
