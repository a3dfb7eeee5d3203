"""Videos, clips and frames in ApertureDB's language."""

import pytest
import servers
from pictures import decoded
from replies import ask, one, refused, values
from videos import Shown, film, frame_number, moving, needs_ffmpeg, psnr, video

pytestmark = needs_ffmpeg


@pytest.fixture
def added(db, name):
    """A video of 50 frames with the property `key`; gives the key."""
    ask(db, [{"AddVideo": {"codec": "h264", "container": "mp4", "properties": {"key": name}}}], [video()])
    return name


def find(key, **more):
    return {"FindVideo": {"constraints": {"key": ["==", key]}, **more}}


def test_a_video_comes_back_byte_for_byte_with_its_facts(db, added):
    facts = ["_fps", "_frame_count", "_frame_width", "_frame_height", "_duration"]
    replies, blobs = ask(db, [find(added, blobs=True, results={"list": ["key", *facts]})])
    assert blobs == [video()]
    assert [values(replies[0], fact) for fact in ["key", *facts]] == [[added], [25], [50], [64], [48], [2]]
    assert ask(db, [find(added, as_codec="h264", as_container="mp4", blobs=True)])[1] == [video()]


def test_facts_are_conditions(db, added):
    for condition, count in [(["==", 50], 1), ([">", 50], 0)]:
        reply = one(db, "FindVideo", {
            "constraints": {"key": ["==", added], "_frame_count": condition}, "blobs": False,
            "results": {"count": True}})
        assert reply["count"] == count


@pytest.mark.parametrize("spec, expected", [
    (7, [7]), ([49, 0, 12], [49, 0, 12]), ({"start": 10, "stop": 40, "step": 10}, [10, 20, 30]),
    ({"start": 48}, [48, 49])], ids=str)
def test_frames_are_extracted(db, added, spec, expected):
    replies, blobs = ask(db, [
        find(added, _ref=1), {"ExtractFrames": {"video_ref": 1, "frame_spec": spec, "as_format": "png"}}])
    assert [frame_number(blob) for blob in blobs] == expected
    assert replies[1]["returned"] == len(expected)


def test_operations_are_done_on_extracted_frames(db, added):
    _, blobs = ask(db, [find(added, _ref=1), {"ExtractFrames": {
        "video_ref": 1, "frame_spec": [3], "as_format": "png",
        "operations": [{"type": "resize", "width": 32, "height": 20}]}}])
    assert decoded(blobs[0]).shape == (20, 32, 3) and frame_number(blobs[0]) == 3


def test_frames_that_are_not_there_are_refused(db, added):
    answer = refused(db, [find(added, _ref=1), {"ExtractFrames": {"video_ref": 1, "frame_spec": [50]}}])
    assert "frame 50" in answer["info"]


def test_clips_are_stretches_of_a_video(db, added):
    ranges = [
        {"frame_number_range": {"start": 5, "stop": 14}},
        {"time_offset_range": {"start": "00:00:00.800", "stop": "00:00:01.000"}},
        {"time_fraction_range": {"start": 0.5, "stop": 1.0}},
    ]
    ask(db, [find(added, _ref=1)] + [
        {"AddClip": {"video_ref": 1, "label": str(n), "properties": {"key": added, "n": n}, **where}}
        for n, where in enumerate(ranges)])
    replies, _ = ask(db, [find(added, _ref=1), {"FindClip": {
        "video_ref": 1, "labels": True, "frame_numbers": True, "results": {"list": ["n"], "sort": "n"}}}])
    assert values(replies[1], "_label") == ["0", "1", "2"]
    assert [(place["start"], place["stop"]) for place in values(replies[1], "_frame_number_range")] == [
        (5, 14), (20, 25), (25, 49)]
    replies, _ = ask(db, [find(added, _ref=1), {"FindClip": {
        "video_ref": 1, "in_frame_number_range": {"start": 6, "stop": 49}, "results": {"list": ["n"], "sort": "n"}}}])
    assert values(replies[1], "n") == [1, 2]
    _, blobs = ask(db, [
        {"FindClip": {"constraints": {"key": ["==", added], "n": ["==", 1]}, "_ref": 1}},
        {"ExtractFrames": {"video_ref": 1, "frame_spec": [0, 5], "as_format": "png"}}])
    assert [frame_number(blob) for blob in blobs] == [20, 25]


def test_frames_are_entities_with_pixels_of_their_own(db, added):
    ask(db, [
        find(added, _ref=1),
        {"AddFrame": {"video_ref": 1, "frame_number": 12, "label": "cut", "properties": {"frame": added, "n": 1}}},
        {"AddFrame": {"video_ref": 1, "time_offset": "00:00:01.200", "properties": {"frame": added, "n": 2}}}])
    replies, blobs = ask(db, [{"FindFrame": {
        "constraints": {"frame": ["==", added]}, "blobs": True, "as_format": "png",
        "results": {"list": ["n", "key"], "sort": "n"}}}])
    assert values(replies[0], "n") == [1, 2] and values(replies[0], "key") == [added] * 2
    assert [frame_number(blobs[entity["_blob_index"]]) for entity in replies[0]["entities"]] == [12, 30]
    again = ask(db, [find(added, _ref=1), {"AddFrame": {"video_ref": 1, "frame_number": 12}}])[0][1]
    assert again["status"] == 2
    one(db, "UpdateFrame", {"constraints": {"frame": ["==", added], "n": ["==", 2]}, "frame_number": 31})
    _, blobs = ask(db, [{"FindFrame": {
        "constraints": {"frame": ["==", added], "n": ["==", 2]}, "blobs": True, "as_format": "png"}}])
    assert [frame_number(blob) for blob in blobs] == [31]


def test_clips_and_frames_go_with_their_video(db, added):
    ask(db, [
        find(added, _ref=1),
        {"AddClip": {"video_ref": 1, "frame_number_range": {"start": 0, "stop": 4}, "properties": {"part": added}}},
        {"AddFrame": {"video_ref": 1, "frame_number": 3, "properties": {"part": added}}}])
    assert one(db, "DeleteVideo", {"constraints": {"key": ["==", added]}})["count"] == 1
    for command in ["FindClip", "FindFrame"]:
        reply = one(db, command, {"constraints": {"part": ["==", added]}, "results": {"count": True}})
        assert reply["count"] == 0


@pytest.mark.parametrize("more, codec, container", [
    ({"as_codec": "xvid"}, "mpeg4", "mov,mp4"), ({"as_container": "avi"}, "h264", "avi"),
    ({"as_container": "mov"}, "h264", "mov,mp4"),
    ({"as_codec": "xvid", "as_container": "avi"}, "mpeg4", "avi")], ids=str)
def test_videos_come_in_other_codecs_and_containers(db, name, more, codec, container):
    ask(db, [{"AddVideo": {"properties": {"key": name}}}], [film()])
    _, blobs = ask(db, [find(name, blobs=True, **more)])
    made, source = Shown(blobs[0]), Shown(film())
    assert made.codec == codec and made.container.startswith(container) and made.has_sound
    assert made.frames.shape == source.frames.shape and abs(made.duration - 2) < 0.1
    assert min(psnr(one, other) for one, other in zip(made.frames, source.frames)) > 33
    if more == {"as_container": "mov"}:
        assert (made.frames == source.frames).all(), "packets are copied"


@pytest.mark.parametrize("operations, numbers", [
    ([{"type": "interval", "start": 5, "stop": 30, "step": 10}], [5, 15, 25]),
    ([{"type": "preview", "max_frame_count": 3}], [0, 1, 2]),
    ([{"type": "preview", "max_time_offset": "00:00:00.200"}], [0, 1, 2, 3, 4]),
    ([{"type": "preview", "max_time_fraction": 0.04}], [0, 1])], ids=str)
def test_parts_of_videos_are_written(db, added, operations, numbers):
    _, blobs = ask(db, [find(added, blobs=True, operations=operations)])
    assert Shown(blobs[0]).numbers == numbers


def test_previews_are_as_small_as_they_must(db, name):
    ask(db, [{"AddVideo": {"properties": {"key": name}}}], [film()])
    most = len(film()) // 3
    _, blobs = ask(db, [find(name, blobs=True, operations=[{"type": "preview", "max_size_mb": most / 1e6}])])
    assert len(blobs[0]) <= most and 0 < len(Shown(blobs[0]).frames) <= 50


def test_clips_have_blobs(db, added):
    ask(db, [find(added, _ref=1)] + [
        {"AddClip": {"video_ref": 1, "label": label, "properties": {"key": added},
                     "frame_number_range": {"start": start, "stop": stop}}}
        for label, start, stop in [("middle", 13, 31), ("end", 40, 49)]])
    clip = {"constraints": {"key": ["==", added]}, "blobs": True}
    assert Shown(ask(db, [{"FindClip": {"with_label": "middle", **clip}}])[1][0]).numbers == list(range(13, 32))
    assert Shown(ask(db, [{"FindClip": {"with_label": "end", **clip}}])[1][0]).numbers == list(range(40, 50))
    _, blobs = ask(db, [{"FindClip": {"with_label": "middle", "as_container": "avi", **clip, "operations": [
        {"type": "interval", "start": 2, "stop": 9, "step": 3}, {"type": "resize", "width": 32, "height": 24}]}}])
    made = Shown(blobs[0])
    assert (made.numbers, made.width, made.height, made.container) == ([15, 18, 21], 32, 24, "avi")


def test_what_adding_asks_for_is_kept(db, name):
    ask(db, [{"AddVideo": {"codec": "xvid", "container": "avi", "properties": {"key": name}, "operations": [
        {"type": "crop", "x": 8, "y": 8, "width": 48, "height": 36},
        {"type": "interval", "start": 0, "stop": 50, "step": 5}]}}], [video()])
    facts = ["_fps", "_frame_count", "_frame_width", "_frame_height"]
    replies, blobs = ask(db, [find(name, blobs=True, results={"list": facts})])
    assert [values(replies[0], fact) for fact in facts] == [[5], [10], [48], [36]]
    made = Shown(blobs[0])
    assert (made.codec, made.container, made.numbers) == ("mpeg4", "avi", list(range(0, 50, 5)))


@pytest.mark.parametrize("more, told", [
    ({"as_codec": "h263", "as_container": "mp4"}, "h263"),
    ({"operations": [{"type": "interval", "start": 50, "stop": 60}]}, "interval"),
    ({"operations": [{"type": "crop", "x": 60, "y": 0, "width": 8, "height": 8}]}, "crop")], ids=str)
def test_what_cannot_be_written_is_refused_with_its_command(db, added, more, told):
    answer = refused(db, [find(added, _ref=1), find(added, blobs=True, **more)])
    assert "FindVideo" in answer["info"] and told in answer["info"] and answer["command_index"] == 1


def test_intervals_are_found_by_a_command_of_ours(db, server, name):
    ask(db, [{"AddVideo": {"properties": {"key": name}}}], [moving()])
    replies, _ = ask(db, [find(name, uniqueids=True, blobs=False)])
    (video,) = values(replies[0], "_uniqueid")
    servers.fovea("video", "intervals", video, "--tag", "motion", "--store", server.store)
    reply = one(db, "FindIntervals", {
        "constraints": {"key": ["==", name]}, "intervals": {"tag": "motion", "min_duration": 1.5}})
    (found,) = reply["intervals"]
    assert reply["count"] == 1 and found["video"] == video and found["tag"] == "motion"
    assert abs(found["start_time"] - 2) < 0.5 and abs(found["end_time"] - 4) < 0.5
    assert found["start_frame"] == round(found["start_time"] * 25) and found["score"] > 0
    reply = one(db, "FindIntervals", {"constraints": {"key": ["==", name]}, "intervals": {
        "not": {"tag": "motion"}, "where": {"meets": {"tag": "motion"}}}})
    assert [(one["start_frame"], one["end_frame"] + 1) for one in reply["intervals"]] == [(0, found["start_frame"])]
    answer = refused(db, [{"FindIntervals": {"intervals": {"tag": "a", "where": {"near": {"tag": "b"}}}}}])
    assert "FindIntervals.intervals.where.near" in answer["info"]
