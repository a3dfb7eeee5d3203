"""Images in ApertureDB's language: blobs and their rules, formats, operations compared to OpenCV and Pillow."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image
from pictures import decoded, jpeg, picture, png
from replies import ask, one, refused, values


@pytest.fixture
def image(db, name):
    """A PNG of picture 3 with the property `key`; gives the key."""
    ask(db, [{"AddImage": {"properties": {"key": name, "n": 3}}}], [png(picture(3))])
    return name


def find(key, **more):
    return {"FindImage": {"constraints": {"key": ["==", key]}, **more}}


def test_a_stored_image_comes_back_byte_for_byte(db, name):
    files = [png(picture(1)), jpeg(picture(2))]
    ask(db, [{"AddImage": {"properties": {"key": name, "n": n}}} for n in range(2)], files)
    replies, blobs = ask(db, [find(name, blobs=True, results={"list": ["n"]})])
    assert sorted(blobs) == sorted(files)
    for entity in replies[0]["entities"]:
        assert blobs[entity["_blob_index"]] == files[entity["n"]]


def test_the_format_can_be_given_when_adding(db, name):
    ask(db, [{"AddImage": {"properties": {"key": name}, "format": "jpg"}}], [png(picture(2))])
    _, blobs = ask(db, [find(name, blobs=True)])
    assert blobs[0][:3] == b"\xff\xd8\xff"
    assert cv2.PSNR(decoded(blobs[0]), picture(2)) > 28


def test_an_image_comes_back_in_the_format_asked_for(db, image):
    _, blobs = ask(db, [find(image, blobs=True, as_format="jpg")])
    assert blobs[0][:3] == b"\xff\xd8\xff" and cv2.PSNR(decoded(blobs[0]), picture(3)) > 28
    _, blobs = ask(db, [find(image, blobs=True, as_format="png")])
    assert np.array_equal(decoded(blobs[0]), picture(3))


@pytest.mark.parametrize("parameters, count", [
    ({"blobs": True}, 1),
    ({"blobs": False}, 0),
    ({}, 1),
    ({"results": {"list": ["n"]}}, 0),
    ({"_ref": 1}, 0),
    ({"batch": {"batch_size": 1, "batch_id": 0}, "results": {}}, 1),
    ({"results": {"count": True}, "blobs": False}, 0),
], ids=str)
def test_blobs_come_when_they_are_asked_for_or_nothing_else_is(db, image, parameters, count):
    replies, blobs = ask(db, [find(image, **parameters)])
    assert len(blobs) == count
    assert ("blobs_start" in replies[0]) == (count > 0)
    assert all(blob == png(picture(3)) for blob in blobs)
    (reply,), _ = ask(db, [find(image, blobs=False, results={"list": ["n"]})])
    assert values(reply, "n") == [3]


def test_blobs_of_several_commands_come_in_their_order(db, name):
    ask(db, [{"AddImage": {"properties": {"key": name, "n": n}}} for n in range(4)],
        [png(picture(n)) for n in range(4)])
    order = [2, 0, 3, 1]
    replies, blobs = ask(db, [
        {"FindImage": {"constraints": {"key": ["==", name], "n": ["==", n]}, "blobs": True}} for n in order])
    assert [np.array_equal(decoded(blob), picture(n)) for blob, n in zip(blobs, order)] == [True] * 4
    assert [reply["blobs_start"] for reply in replies] == [0, 1, 2, 3]


EXACT = [
    ({"type": "crop", "x": 10, "y": 5, "width": 20, "height": 30}, lambda p: p[5:35, 10:30]),
    ({"type": "flip", "code": 0}, lambda p: cv2.flip(p, 0)),
    ({"type": "flip", "code": 1}, lambda p: cv2.flip(p, 1)),
    ({"type": "flip", "code": "+1"}, lambda p: cv2.flip(p, 1)),
    ({"type": "flip", "code": -1}, lambda p: cv2.flip(p, -1)),
    ({"type": "threshold", "value": 150}, lambda p: cv2.threshold(p, 150, 150, cv2.THRESH_TOZERO)[1]),
    ({"type": "rotate", "angle": 180, "resize": False}, lambda p: cv2.rotate(p, cv2.ROTATE_180)),
    ({"type": "rotate", "angle": 90, "resize": True}, lambda p: cv2.rotate(p, cv2.ROTATE_90_COUNTERCLOCKWISE)),
]


@pytest.mark.parametrize("operation, expected", EXACT, ids=lambda value: str(value)[:60])
def test_operations_do_as_opencv_and_leave_the_stored_image(db, image, operation, expected):
    _, blobs = ask(db, [find(image, blobs=True, operations=[operation], as_format="png")])
    assert np.array_equal(decoded(blobs[0]), expected(picture(3)))
    _, blobs = ask(db, [find(image, blobs=True)])
    assert blobs[0] == png(picture(3))


@pytest.mark.parametrize("parameters, size", [
    ({"width": 32, "height": 20}, (20, 32)), ({"width": 32}, (24, 32)), ({"height": 12}, (12, 16)),
    ({"scale": 0.5}, (24, 32)), ({"scale": 2}, (96, 128))], ids=str)
def test_resizing_gives_the_size_asked_for_and_keeps_the_picture(db, image, parameters, size):
    _, blobs = ask(db, [find(image, blobs=True, operations=[{"type": "resize", **parameters}], as_format="png")])
    pixels = decoded(blobs[0])
    assert pixels.shape[:2] == size
    expected = np.asarray(Image.fromarray(picture(3)).resize(size[::-1], Image.Resampling.BILINEAR))
    assert cv2.PSNR(pixels, expected) > 25


def test_operations_are_applied_in_their_order(db, image):
    operations = [{"type": "crop", "x": 0, "y": 0, "width": 40, "height": 20}, {"type": "flip", "code": 1},
                  {"type": "crop", "x": 0, "y": 0, "width": 10, "height": 20}]
    _, blobs = ask(db, [find(image, blobs=True, operations=operations, as_format="png")])
    assert np.array_equal(decoded(blobs[0]), picture(3)[0:20, 30:40][:, ::-1])


def test_an_operation_without_a_format_keeps_that_of_the_file(db, image):
    _, blobs = ask(db, [find(image, blobs=True, operations=[{"type": "flip", "code": 1}])])
    assert Image.open(io.BytesIO(blobs[0])).format == "PNG"
    assert np.array_equal(decoded(blobs[0]), picture(3)[:, ::-1])


@pytest.mark.parametrize("operations", [
    [{"type": "crop", "x": 60, "y": 40, "width": 20, "height": 20}],
    [{"type": "resize", "width": 0, "height": 5}],
    [{"type": "resize", "width": 100_000_000, "height": 100_000_000}],
    [{"type": "no such operation"}],
    [{}],
], ids=str)
def test_operations_that_make_no_sense_are_refused(db, image, operations):
    refused(db, [find(image, blobs=True, operations=operations)])


def test_an_image_is_added_once_but_its_blob_is_consumed(db, name):
    def add(n):
        return {"AddImage": {"properties": {"key": name, "n": n},
                             "if_not_found": {"key": ["==", name], "n": ["==", n]}}}

    ask(db, [add(0)], [png(picture(0))])
    replies, _ = ask(db, [add(0), add(1)], [png(picture(0)), png(picture(1))])
    assert [reply["status"] for reply in replies] == [2, 0]
    _, blobs = ask(db, [{"FindImage": {"constraints": {"key": ["==", name], "n": ["==", 1]}, "blobs": True}}])
    assert blobs == [png(picture(1))]


def test_an_image_is_updated_and_deleted(db, image):
    assert one(db, "UpdateImage", {"constraints": {"key": ["==", image]}, "properties": {"seen": True},
                                   "remove_props": ["n"]})["count"] == 1
    reply = one(db, "FindImage", {"constraints": {"key": ["==", image]}, "blobs": False,
                                  "results": {"list": ["seen", "n"]}})
    assert reply["entities"] == [{"seen": True, "n": None}]
    one(db, "DeleteImage", {"constraints": {"key": ["==", image]}})
    assert one(db, "FindImage", {"constraints": {"key": ["==", image]}, "blobs": False,
                                 "results": {"count": True}})["count"] == 0


def test_images_are_entities_of_a_class_of_the_system(db, image):
    reply = one(db, "FindEntity", {
        "with_class": "_Image", "constraints": {"key": ["==", image]}, "results": {"list": ["n"]}})
    assert reply["entities"] == [{"n": 3}]
    one(db, "UpdateEntity", {"with_class": "_Image", "constraints": {"key": ["==", image]}, "properties": {"n": 4}})
    assert one(db, "FindImage", {"constraints": {"key": ["==", image]}, "blobs": False,
                                 "results": {"list": ["n"]}})["entities"] == [{"n": 4}]


def test_images_are_reached_through_connections(db, image):
    ask(db, [
        find(image, _ref=1, blobs=False),
        {"AddEntity": {"class": "P" + image, "properties": {"name": "owner"}, "connect": {"ref": 1, "class": "has"}}},
    ])
    replies, blobs = ask(db, [
        {"FindEntity": {"with_class": "P" + image, "_ref": 1}},
        {"FindImage": {"is_connected_to": {"ref": 1, "connection_class": "has"}, "blobs": True,
                       "results": {"list": ["key"]}}},
    ])
    assert values(replies[1], "key") == [image] and blobs == [png(picture(3))]


def test_the_size_of_an_image_can_be_listed(db, image):
    reply = one(db, "FindImage", {"constraints": {"key": ["==", image]}, "blobs": False,
                                  "results": {"list": ["_width", "_height"]}})
    assert reply["entities"] == [{"_width": 64, "_height": 48}]


@pytest.mark.parametrize("blob", [b"", b"no image", png(picture(1))[:40]], ids=["empty", "text", "cut short"])
def test_what_is_no_image_is_refused(db, name, blob):
    refused(db, [{"AddImage": {"properties": {"key": name}}}], [blob])
    assert one(db, "FindImage", {"constraints": {"key": ["==", name]}, "blobs": False,
                                 "results": {"count": True}})["count"] == 0


@pytest.mark.parametrize("count", [0, 2])
def test_one_blob_is_expected_for_one_image(db, name, count):
    refused(db, [{"AddImage": {"properties": {"key": name}}}], [png(picture(n)) for n in range(count)])
