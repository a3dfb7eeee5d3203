"""Plays Sieve's article against a server: push, wait, query by tags, statistics, intervals, export, unpack.

usage: sieve_article.py SERVER VIDEO VIDEO_URL

VIDEO is a file of 12 s at 25 frames a second in which something moves from second 4 to 8; VIDEO_URL has another in
which nothing does. Prints a JSON line of what was seen.
"""

import io
import json
import sys
import tarfile
import time
import urllib.error
import urllib.parse
import urllib.request

SERVER, VIDEO, VIDEO_URL = sys.argv[1:4]
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def call(method, path, **members):
    """The status and the JSON of an answer; members stand in the query string of GET and DELETE."""
    url, body = f"{SERVER}/sieve/v1/{path}", None
    if method in ("GET", "DELETE"):
        url += "?" + urllib.parse.urlencode(members)
    else:
        body = json.dumps(members).encode()
    request = urllib.request.Request(
        url, body, {"Content-Type": "application/json", "X-API-Key": "none"}, method=method)
    try:
        with opener.open(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def done(method, path, **members):
    status, answer = call(method, path, **members)
    assert status == 200, (path, status, answer)
    return answer


def fetch(url):
    with opener.open(url) as answer:
        return answer.read()


def wait(name, job):
    while True:
        answer = done("GET", "get_job_status", project_name=name, job_id=job)
        if answer["status"] in ("finished", "failed"):
            return answer
        time.sleep(0.05)


seen = {}
project = "courtyard watch"
created = done("POST", "init_project", project_name=project, config={"fps": 5})
assert created["description"] == f"Created project {project}" and len(created["project_id"]) == 36
assert done("GET", "get_projects")["projects"] == [project]
done("POST", "add_tags", project_name=project, tags=[{"name": "weather", "description": "what falls"}])

# A local file is sent, and pushed by the address it was sent to; the other one by its URL.
upload = done("GET", "create_local_upload_url")
with open(VIDEO, "rb") as file:
    content = file.read()
opener.open(urllib.request.Request(upload["upload_url"], content, method="PUT")).read()
assert fetch(upload["get_url"]) == content
first = done(
    "POST", "push_video", project_name=project, video_url=upload["get_url"], video_name="gate",
    user_metadata={"location": "courtyard"})
assert first["description"] == "Published video to batching"
second = done(
    "POST", "push_video", project_name=project, video_url=VIDEO_URL, video_name="still",
    user_metadata={"location": "garage"})
for job in (first, second):
    ended = wait(project, job["job_id"])
    assert ended["status"] == "finished", ended
jobs = done("GET", "get_all_jobs", project_name=project, start_index=0, end_index=10)
assert jobs["total_jobs"] == 2 and [job["video_name"] for job in jobs["jobs"]] == ["still", "gate"]
assert jobs["jobs"][1]["size_bytes"] == len(content) and jobs["jobs"][1]["timestamp"].endswith(" GMT")

# Query by tags, all pages.
def frames(**tags):
    found, start = [], 0
    while start != -1:
        page = done("GET", "get_metadata", project_name=project, start_index=start, end_index=start + 7, **tags)
        found += page["metadata"]
        start = page["next_start"]
    assert len(found) == page["total_samples"]
    return found


everything = frames()
moving = frames(motion_detected="True", location="courtyard")
seen["frames"] = len(everything)
seen["moving"] = [frame["frame_number"] for frame in moving]
seen["sample"] = moving[0]
assert {frame["video_name"] for frame in moving} == {"gate"}
assert frames(motion_detected="True", location="garage") == []
assert fetch(moving[0]["signed_url"])[:3] == b"\xff\xd8\xff"

# Statistics: percent of frames with a tag, and what values tags have.
info = done("GET", "get_project_info", project_name=project)
assert info["fps"] == 5 and info["frames"] == len(everything) and info["videos"] == 2
assert info["tags"]["location"]["_items"] == ["courtyard", "garage"]
seen["percent"] = 100 * len(moving) / len(everything)
tags = {tag["name"]: tag for tag in done("GET", "get_tags", project_name=project)["tag_status"]["tags"]}
assert tags["weather"]["status"] == "received" and tags["motion_detected"]["outputs"] == ["False", "True"]

# Intervals, both ends of which belong to them.
seen["intervals"] = done("GET", "get_intervals", project_name=project, motion_detected="True")
asked = {"class": "frame", "motion_detected": True}
assert done("POST", "intervals", project_name=project, **asked) == seen["intervals"]

# Objects: frames are some, and those that people add.
added = done("POST", "add_object", project_name=project, additions=[
    {"class": "car", "video_name": "gate", "colour": "red", "temporal": [
        {"frame_number": 100, "bbox": {"position": {"x1": 10, "y1": 20, "x2": 50, "y2": 60}}},
        {"frame_number": 150, "bbox": {"position": {"x1": 110, "y1": 20, "x2": 150, "y2": 60}}}]},
    {"class": "car", "video_name": "nowhere", "temporal": []}])
assert len(added["successful"]) == 1 and len(added["skipped"]) == 1
identifier = added["successful"][0]
cars = done("POST", "query", project_name=project, **{
    "class": {"$in": ["car"]}, "temporal.frame_number": {"$gte": 100, "$lte": 120}, "colour": {"$text": "RED"}})
assert cars["total_samples"] == 1 and cars["next_start"] == -1
seen["car"] = cars["objects"][0]
assert cars["objects"][0]["object_id"] == identifier
page = done("POST", "query", project_name=project, **{"class": "frame", "frame_number": {"$lt": 100}, "limit": 30})
assert page["next_start"] == 30 and page["total_samples"] == 40 and len(page["objects"]) == 30
rest = done("POST", "query", project_name=project, **{
    "class": "frame", "frame_number": {"$lt": 100}, "limit": 30, "next_start": 30})
assert rest["next_start"] == -1 and len(rest["objects"]) == 10
corrected = done("POST", "correct_object", project_name=project, corrections=[
    {"object_id": identifier, "class": "lorry"}, {"object_id": identifier, "colour": "blue"}])
assert len(corrected["successful"]) == 1 and "lorry" in corrected["skipped"][0]["reason"]
corrected = done(
    "POST", "correct_object", project_name=project, incorporate_new_classes=True,
    corrections=[{"object_id": identifier, "class": "lorry"}])
assert done("POST", "query", project_name=project, **{"class": "lorry", "colour": "blue"})["total_samples"] == 1
assert done("POST", "remove_object", project_name=project, removals=[identifier, "x"])["successful"] == [identifier]
assert done("POST", "query", project_name=project, **{"class": "lorry"})["total_samples"] == 0

# Export, wait, download, unpack.
export = done(
    "GET", "export_metadata", project_name=project, export_name="moving", motion_detected="True")
assert export["description"] == "queued for tarring" and export["num_samples"] == len(moving)
while True:
    status = done("GET", "get_exports_status", project_name=project)["exports"][0]
    if status["status"] in ("complete", "failed"):
        break
    time.sleep(0.05)
assert status["status"] == "complete" and status["name"] == "moving", status
metadata = json.loads(fetch(export["metadata_json_url"]))["metadata"]
assert [frame["frame_number"] for frame in metadata] == seen["moving"]
with tarfile.open(fileobj=io.BytesIO(fetch(status["tar_path"]))) as archive:
    names = archive.getnames()
    assert names == [frame["storage_path"] for frame in metadata], names
    seen["first_file"] = names[0]
    assert all(archive.extractfile(name).read(3) == b"\xff\xd8\xff" for name in names)

# What is wrong is told in Sieve's statuses.
seen["refused"] = [
    call("POST", "init_project", project_name=project)[0],
    call("GET", "get_metadata", project_name="nobody's")[0],
    call("GET", "get_metadata", project_name=project, smell="good")[0],
    call("GET", "get_metadata", project_name=project, start_index=0, end_index=7501)[0],
    call("POST", "push_video", project_name=project, video_url="x", video_name="gate")[0],
    call("GET", "export_metadata", project_name=project, export_name="moving")[0],
    call("POST", "query", project_name=project, **{"class": {"$near": 1}})[0],
]
request = urllib.request.Request(f"{SERVER}/sieve/v1/query", b"{", method="POST")
try:
    opener.open(request)
except urllib.error.HTTPError as error:
    seen["refused"].append(error.code)
    assert json.load(error)["description"]
broken = done("POST", "push_video", project_name=project, video_url=VIDEO_URL + ".missing", video_name="broken")
assert wait(project, broken["job_id"])["status"] == "failed"

# An image is a video of one frame.
upload = done("GET", "create_local_upload_url")
picture = b"P6 8 8 255\n" + bytes(range(192))
opener.open(urllib.request.Request(upload["upload_url"], picture, method="PUT")).read()
pushed = done(
    "POST", "push_image", project_name=project, image_url=[upload["get_url"]], image_name=["spot"],
    user_metadata={"location": "roof"})
assert wait(project, pushed["job_ids"][0])["status"] == "finished"
spots = frames(location="roof")
assert [(spot["frame_number"], spot["image_width"], spot["aspect_ratio"]) for spot in spots] == [(0, 8, "1:1")]
assert spots[0]["blur"] in ("sharp", "blurred") and fetch(spots[0]["signed_url"])[:3] == b"\xff\xd8\xff"
done("DELETE", "delete_video_data", project_name=project, video_name="spot")

# Models, and the end of it all.
done(
    "POST", "add_custom_model_config", project_name=project, model_name="m", version_name="1",
    file_urls=["http://x/m"])
done("POST", "set_active_custom_model", project_name=project, model_name="m", version_name="1")
assert done("GET", "get_custom_models", project_name=project)["models"][0]["active"] is True
done("POST", "delete_tags", project_name=project, tags=["weather"])
done("DELETE", "delete_video_data", project_name=project, video_name="still")
assert frames() == [frame for frame in everything if frame["video_name"] == "gate"]
done("POST", "delete_project", project_name=project, delete_data=True)
assert call("GET", "get_project_info", project_name=project)[0] == 403
print(json.dumps(seen))
