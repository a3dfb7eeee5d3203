"""Images, bounding boxes and blobs in VDMS's language, with pixels compared to OpenCV's."""

import cv2
import numpy as np
import pytest
from pictures import decoded, jpeg, picture, png
from replies import ask, one, refused_vdms, values


@pytest.fixture
def image(vdms, name):
    """A PNG of picture 3 with the property `key`; gives the key."""
    ask(vdms, [{"AddImage": {"properties": {"key": name, "n": 3}, "format": "png"}}], [png(picture(3))])
    return name


def find(key, **more):
    return {"FindImage": {"constraints": {"key": ["==", key]}, **more}}


def test_an_image_comes_back_pixel_for_pixel(vdms, image):
    replies, blobs = ask(vdms, [find(image)])
    assert replies[0]["status"] == 0 and len(blobs) == 1
    assert np.array_equal(decoded(blobs[0]), picture(3))


def test_an_image_comes_back_in_the_format_asked_for(vdms, image):
    _, blobs = ask(vdms, [find(image, format="jpg")])
    assert blobs[0][:3] == b"\xff\xd8\xff"
    assert cv2.PSNR(decoded(blobs[0]), picture(3)) > 28
    _, blobs = ask(vdms, [find(image, format="png")])
    assert blobs[0][:4] == b"\x89PNG" and np.array_equal(decoded(blobs[0]), picture(3))


def test_properties_without_the_blob(vdms, image):
    replies, blobs = ask(vdms, [find(image, results={"list": ["n", "key"], "blob": False})])
    assert blobs == [] and replies[0]["entities"] == [{"n": 3, "key": image}]


def test_properties_beside_the_blob(vdms, image):
    replies, blobs = ask(vdms, [find(image, results={"list": ["n"]})])
    assert values(replies[0], "n") == [3] and len(blobs) == 1


OPERATIONS = [
    ({"type": "crop", "x": 10, "y": 5, "width": 20, "height": 30}, lambda p: p[5:35, 10:30]),
    ({"type": "flip", "code": 0}, lambda p: cv2.flip(p, 0)),
    ({"type": "flip", "code": 1}, lambda p: cv2.flip(p, 1)),
    ({"type": "flip", "code": -1}, lambda p: cv2.flip(p, -1)),
    ({"type": "threshold", "value": 150}, lambda p: cv2.threshold(p, 150, 150, cv2.THRESH_TOZERO)[1]),
]


@pytest.mark.parametrize("operation, expected", OPERATIONS, ids=lambda value: str(value)[:40])
def test_operations_on_reading_do_as_opencv(vdms, image, operation, expected):
    _, blobs = ask(vdms, [find(image, operations=[operation], format="png")])
    assert np.array_equal(decoded(blobs[0]), expected(picture(3)))
    _, blobs = ask(vdms, [find(image)])
    assert np.array_equal(decoded(blobs[0]), picture(3)), "the stored image is what it was"


def test_a_resized_image_is_near_opencvs(vdms, image):
    _, blobs = ask(vdms, [find(image, operations=[{"type": "resize", "width": 32, "height": 24}], format="png")])
    pixels = decoded(blobs[0])
    assert pixels.shape == (24, 32, 3)
    assert cv2.PSNR(pixels, cv2.resize(picture(3), (32, 24), interpolation=cv2.INTER_AREA)) > 25


def test_operations_are_applied_in_their_order(vdms, image):
    operations = [{"type": "crop", "x": 0, "y": 0, "width": 40, "height": 20}, {"type": "flip", "code": 1},
                  {"type": "crop", "x": 0, "y": 0, "width": 10, "height": 20}]
    _, blobs = ask(vdms, [find(image, operations=operations, format="png")])
    assert np.array_equal(decoded(blobs[0]), picture(3)[0:20, 30:40][:, ::-1])


def test_operations_when_adding_change_what_is_stored(vdms, name):
    ask(vdms, [{"AddImage": {"properties": {"key": name}, "format": "png",
                             "operations": [{"type": "crop", "x": 1, "y": 2, "width": 30, "height": 20}]}}],
        [png(picture(8))])
    _, blobs = ask(vdms, [find(name)])
    assert np.array_equal(decoded(blobs[0]), picture(8)[2:22, 1:31])


def test_a_jpeg_is_stored_as_a_picture_of_the_same_pixels(vdms, name):
    file = jpeg(picture(4))
    ask(vdms, [{"AddImage": {"properties": {"key": name}, "format": "jpg"}}], [file])
    _, blobs = ask(vdms, [find(name)])
    assert cv2.PSNR(decoded(blobs[0]), decoded(file)) > 35


def test_many_images_come_back_in_the_order_asked_for(vdms, name):
    seeds = [5, 1, 4, 2]
    ask(vdms, [{"AddImage": {"properties": {"key": name, "n": seed}, "format": "png"}} for seed in seeds],
        [png(picture(seed)) for seed in seeds])
    replies, blobs = ask(vdms, [find(name, results={"list": ["n"], "sort": "n"})])
    assert values(replies[0], "n") == sorted(seeds)
    assert [np.array_equal(decoded(blob), picture(seed)) for blob, seed in zip(blobs, sorted(seeds))] == [True] * 4


def test_an_image_is_updated(vdms, image):
    one(vdms, "UpdateImage", {"constraints": {"key": ["==", image]}, "properties": {"seen": True},
                              "remove_props": ["n"]})
    replies, _ = ask(vdms, [find(image, results={"list": ["seen", "n"], "blob": False})])
    assert replies[0]["entities"] == [{"seen": True, "n": "Missing property"}]


def test_no_image_found_says_so_and_is_no_error(vdms, name):
    replies, blobs = ask(vdms, [find(name)])
    assert replies[0]["status"] == 0 and blobs == []
    assert replies[0]["info"] == "No entities found"


def test_images_are_found_by_a_link_from_an_entity(vdms, image):
    replies, _ = ask(vdms, [
        find(image, _ref=1, results={"blob": False}),
        {"AddEntity": {"class": "P" + image, "properties": {"name": "owner"}, "link": {"ref": 1, "class": "has"}}},
    ])
    replies, blobs = ask(vdms, [
        {"FindEntity": {"class": "P" + image, "_ref": 1}},
        {"FindImage": {"link": {"ref": 1, "class": "has"}, "results": {"list": ["key"]}}},
    ])
    assert values(replies[1], "key") == [image] and np.array_equal(decoded(blobs[0]), picture(3))


def test_images_are_a_class_of_entities(vdms, image):
    reply = one(vdms, "FindEntity", {
        "class": "VD:IMG", "constraints": {"key": ["==", image]}, "results": {"list": ["key"]}})
    assert values(reply, "key") == [image]


def test_what_is_no_image_is_refused(vdms, name):
    refused_vdms(vdms, [{"AddImage": {"properties": {"key": name}, "format": "png"}}], [b"not an image"])
    assert ask(vdms, [find(name, results={"count": "", "blob": False})])[0][0]["count"] == 0


@pytest.mark.parametrize("blobs", [[], [png(picture(1)), png(picture(2))]], ids=["none", "two"])
def test_one_blob_is_expected_for_one_image(vdms, name, blobs):
    failed = refused_vdms(vdms, [{"AddImage": {"properties": {"key": name}, "format": "png"}}], blobs)
    assert f"Expected blobs: 1. Received blobs: {len(blobs)}" in failed["info"]


def test_a_box_is_found_by_its_image_with_its_place(vdms, image):
    ask(vdms, [
        find(image, _ref=1, results={"blob": False}),
        {"AddBoundingBox": {"image": 1, "rectangle": {"x": 4, "y": 6, "w": 30, "h": 20},
                            "properties": {"of": image, "label": "cup"}}},
        {"AddBoundingBox": {"image": 1, "rectangle": {"x": 40, "y": 30, "w": 8, "h": 9},
                            "properties": {"of": image, "label": "key"}}},
    ])
    replies, _ = ask(vdms, [
        find(image, _ref=1, results={"blob": False}),
        {"FindBoundingBox": {"image": 1, "results": {"list": ["label", "_coordinates"], "sort": "label"}}},
    ])
    assert replies[1]["entities"] == [
        {"label": "cup", "_coordinates": {"x": 4, "y": 6, "w": 30, "h": 20}},
        {"label": "key", "_coordinates": {"x": 40, "y": 30, "w": 8, "h": 9}}]
    replies, _ = ask(vdms, [{"FindBoundingBox": {
        "constraints": {"of": ["==", image]}, "rectangle": {"x": 0, "y": 0, "w": 36, "h": 30},
        "results": {"list": ["label"]}}}])
    assert values(replies[0], "label") == ["cup"], "only the box that lies within the rectangle"
    _, blobs = ask(vdms, [{"FindBoundingBox": {
        "constraints": {"of": ["==", image], "label": ["==", "cup"]}, "format": "png", "results": {"blob": True}}}])
    assert np.array_equal(decoded(blobs[0]), picture(3)[6:26, 4:34])
    one(vdms, "UpdateBoundingBox", {
        "constraints": {"of": ["==", image], "label": ["==", "key"]}, "rectangle": {"x": 1, "y": 2, "w": 3, "h": 4}})
    reply = one(vdms, "FindBoundingBox", {
        "constraints": {"of": ["==", image], "label": ["==", "key"]}, "results": {"list": ["_coordinates"]}})
    assert reply["entities"] == [{"_coordinates": {"x": 1, "y": 2, "w": 3, "h": 4}}]


def test_blobs_are_kept_byte_for_byte(vdms, name):
    payloads = [b"", bytes(range(256)), b"\0" * 100_000]
    ask(vdms, [{"AddBlob": {"properties": {"key": name, "n": n}}} for n in range(3)], payloads)
    replies, blobs = ask(vdms, [{"FindBlob": {
        "constraints": {"key": ["==", name]}, "results": {"list": ["n"], "sort": "n", "blob": True}}}])
    assert values(replies[0], "n") == [0, 1, 2] and blobs == payloads
    one(vdms, "UpdateBlob", {"constraints": {"key": ["==", name], "n": ["==", 1]}, "properties": {"m": 9}})
    reply = one(vdms, "FindBlob", {
        "constraints": {"key": ["==", name], "m": ["==", 9]}, "results": {"list": ["n"], "blob": False}})
    assert values(reply, "n") == [1]
