"""Videos and their frames in VDMS's language."""

import json

import pytest
import servers
from pictures import decoded
from replies import ask, one, refused_vdms, values
from videos import Shown, film, frame_number, moving, needs_ffmpeg, psnr, video

pytestmark = needs_ffmpeg


@pytest.fixture
def added(vdms, name):
    """A video of 50 frames with the property `key`; gives the key."""
    ask(vdms, [{"AddVideo": {
        "codec": "h264", "container": "mp4", "index_frames": True, "properties": {"key": name}}}], [video()])
    return name


def of(key, **more):
    return {"constraints": {"key": ["==", key]}, **more}


def test_a_video_comes_back_byte_for_byte(vdms, added):
    replies, blobs = ask(vdms, [{"FindVideo": of(added, results={"list": ["key"]})}])
    assert blobs == [video()] and values(replies[0], "key") == [added]


@pytest.mark.parametrize("frames", [[4], [44, 0, 9]], ids=str)
def test_frames_are_found_by_number(vdms, added, frames):
    _, blobs = ask(vdms, [{"FindFrames": of(added, frames=frames, format="png")}])
    assert [frame_number(blob) for blob in blobs] == frames


def test_frames_are_found_by_an_interval_and_processed(vdms, added):
    _, blobs = ask(vdms, [{"FindFrames": of(added, format="png", operations=[
        {"type": "interval", "start": 0, "stop": 30, "step": 12}, {"type": "resize", "width": 32, "height": 24}])}])
    assert [frame_number(blob) for blob in blobs] == [0, 12, 24]
    assert all(decoded(blob).shape == (24, 32, 3) for blob in blobs)


def test_frames_that_are_not_there_are_refused(vdms, added):
    failed = refused_vdms(vdms, [{"FindFrames": of(added, frames=[50])}])
    assert failed["FailedCommand"] == "FindFrames" and "frame 50" in failed["info"]


def test_keyframes_are_entities_where_they_are_indexed(vdms, added):
    replies, _ = ask(vdms, [
        {"FindVideo": of(added, _ref=1, results={"blob": False})},
        {"FindEntity": {
            "class": "VD:KF", "link": {"ref": 1}, "results": {"list": ["VD:frameIndex"], "sort": "VD:frameIndex"}}}])
    assert values(replies[1], "VD:frameIndex") == [0, 10, 20, 30, 40]


def test_a_part_comes_in_another_codec_and_container(vdms, name):
    ask(vdms, [{"AddVideo": {"properties": {"key": name}}}], [film()])
    _, blobs = ask(vdms, [{"FindVideo": of(name, codec="xvid", container="avi", operations=[
        {"type": "interval", "start": 4, "stop": 40, "step": 3}])}])
    made, source = Shown(blobs[0]), Shown(film()).frames[4:40:3]
    assert (made.codec, made.container) == ("mpeg4", "avi") and made.frames.shape == source.shape
    assert min(psnr(one, other) for one, other in zip(made.frames, source)) > 33


def test_what_adding_asks_for_is_kept_and_indexed(vdms, name):
    ask(vdms, [{"AddVideo": {
        "codec": "h264", "container": "mov", "index_frames": True, "properties": {"key": name},
        "operations": [{"type": "resize", "width": 32, "height": 24}]}}], [video()])
    _, blobs = ask(vdms, [{"FindVideo": of(name)}])
    made = Shown(blobs[0])
    assert (made.codec, made.width, made.height, made.numbers) == ("h264", 32, 24, list(range(50)))
    replies, _ = ask(vdms, [
        {"FindVideo": of(name, _ref=1, results={"blob": False})},
        {"FindEntity": {
            "class": "VD:KF", "link": {"ref": 1}, "results": {"list": ["VD:frameIndex"], "sort": "VD:frameIndex"}}}])
    assert values(replies[1], "VD:frameIndex")[0] == 0


@pytest.mark.parametrize("more", [
    {"codec": "h263", "container": "mp4"}, {"operations": [{"type": "interval", "start": 50, "stop": 60}]},
    {"operations": [{"type": "crop", "x": 60, "y": 0, "width": 8, "height": 8}]}], ids=str)
def test_what_cannot_be_written_is_refused_with_its_command(vdms, added, more):
    failed = refused_vdms(vdms, [{"FindEntity": {"class": "none"}}, {"FindVideo": of(added, **more)}])
    assert failed["FailedCommand"] == "FindVideo" and failed["status"] == -1


def test_intervals_are_found_by_a_command_of_ours(vdms, server, name):
    ask(vdms, [{"AddVideo": {"properties": {"key": name}}}], [moving()])
    listed = servers.fovea(
        "find", json.dumps({"key": name}), "--class", "Video", "--json", "--store", server.store).stdout
    video = json.loads(listed)["_uniqueid"]
    servers.fovea("video", "intervals", video, "--tag", "motion", "--store", server.store)
    reply = one(vdms, "FindIntervals", {
        "constraints": {"key": ["==", name]}, "intervals": {"tag": "motion", "min_duration": 1.5}})
    (found,) = reply["intervals"]
    assert reply["count"] == 1 and found["video"] == video and found["tag"] == "motion"
    assert abs(found["start_time"] - 2) < 0.5 and abs(found["end_time"] - 4) < 0.5
    assert found["start_frame"] == round(found["start_time"] * 25) and found["score"] > 0
    reply = one(vdms, "FindIntervals", {"constraints": {"key": ["==", name]}, "intervals": {
        "not": {"tag": "motion"}, "where": {"meets": {"tag": "motion"}}}})
    assert [(one["start_frame"], one["end_frame"] + 1) for one in reply["intervals"]] == [(0, found["start_frame"])]
    failed = refused_vdms(vdms, [{"FindIntervals": {"intervals": {"tag": "a", "where": {"near": {"tag": "b"}}}}}])
    assert failed["FailedCommand"] == "FindIntervals" and "where.near" in failed["path"]
