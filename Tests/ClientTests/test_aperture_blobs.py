"""Blobs in ApertureDB's language, and what an empty class answers for videos, clips and frames."""

import pytest
from replies import ask, one, refused, values


def test_blobs_are_kept_byte_for_byte(db, name):
    payloads = [b"\0", bytes(range(256)), b"\xff" * 100_000]
    ask(db, [{"AddBlob": {"properties": {"key": name, "n": n}}} for n in range(3)], payloads)
    replies, blobs = ask(db, [{"FindBlob": {
        "constraints": {"key": ["==", name]}, "blobs": True, "results": {"list": ["n"]}}}])
    assert {entity["n"]: blobs[entity["_blob_index"]] for entity in replies[0]["entities"]} == dict(enumerate(payloads))
    one(db, "UpdateBlob", {"constraints": {"key": ["==", name], "n": ["==", 1]}, "properties": {"m": 9}})
    replies, blobs = ask(db, [{"FindBlob": {"constraints": {"key": ["==", name], "m": ["==", 9]}, "blobs": True}}])
    assert blobs == [payloads[1]]
    one(db, "DeleteBlob", {"constraints": {"key": ["==", name], "n": ["<", 2]}})
    reply = one(db, "FindBlob", {"constraints": {"key": ["==", name]}, "blobs": False, "results": {"list": ["n"]}})
    assert values(reply, "n") == [2]


def test_a_blob_is_reached_from_the_image_it_belongs_to(db, name):
    from pictures import picture, png
    ask(db, [
        {"AddImage": {"_ref": 1, "properties": {"key": name}}},
        {"AddBlob": {"properties": {"key": name, "type": "segmentation"}, "connect": {"ref": 1, "class": "mask"}}},
        {"AddBlob": {"properties": {"key": name, "type": "other"}, "connect": {"ref": 1, "class": "mask"}}},
    ], [png(picture(1)), b"outline", b"else"])
    _, blobs = ask(db, [
        {"FindImage": {"_ref": 1, "constraints": {"key": ["==", name]}, "blobs": False}},
        {"FindBlob": {"is_connected_to": {"ref": 1}, "constraints": {"type": ["==", "segmentation"]}, "blobs": True}},
    ])
    assert blobs == [b"outline"]


def test_a_megabyte_goes_there_and_back(db, name):
    payload = bytes(range(251)) * 10_000
    ask(db, [{"AddBlob": {"properties": {"key": name}}}], [payload])
    assert ask(db, [{"FindBlob": {"constraints": {"key": ["==", name]}, "blobs": True}}])[1] == [payload]


@pytest.mark.parametrize("kind", ["Video", "Clip", "Frame"])
def test_a_class_without_members_is_found_updated_and_deleted_as_empty(db, kind):
    everything = {"constraints": {"_uniqueid": ["!=", "0.0.0"]}}
    found = ask(db, [{f"Find{kind}": everything | {"blobs": False, "results": {"count": True}}}])[0][0]
    assert found["count"] == 0
    ask(db, [{f"Update{kind}": everything | {"properties": {"n": 1}}}])
    assert one(db, f"Delete{kind}", everything)["status"] == 0


def test_what_is_no_video_is_refused_by_the_name_of_its_command(db, name):
    answer = refused(db, [{"AddVideo": {"properties": {"key": name}}}], [b"\0\0\0\x18ftypmp42"])
    assert "AddVideo" in answer["info"]


@pytest.mark.parametrize("command, parameters", [
    ("AddClip", {"frame_number_range": {"start": 0, "stop": 5}}),
    ("AddFrame", {"frame_number": 3}),
    ("ExtractFrames", {"frame_spec": 3}),
])
def test_parts_of_a_video_that_is_not_there_are_refused(db, command, parameters):
    refused(db, [{command: {"video_ref": 1, **parameters}}])
