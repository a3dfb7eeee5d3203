"""The Model Context Protocol's own client talks to `fovea mcp`, as programs that work with models do."""

import asyncio
import base64
import contextlib
import json
import subprocess

import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

import pictures
import servers

READING = ["schema", "query", "search", "similar", "statistics", "show", "jobs"]
WRITING = ["declare_classes", "add_labels", "review_labels", "remove_labels", "label_images", "run_rules"]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mcp")
    (folder / "pictures").mkdir()
    for number in range(3):
        (folder / "pictures" / f"{number}.png").write_bytes(pictures.png(pictures.picture(number, 40 + number, 30)))
    servers.fovea("init", "--store", folder / "store")
    servers.fovea("add", folder / "pictures", "--store", folder / "store")
    return folder / "store"


@contextlib.asynccontextmanager
async def session(store, *options):
    command = StdioServerParameters(command=servers.binary(), args=["mcp", "--store", str(store), *options])
    async with stdio_client(command) as (read, write), ClientSession(read, write) as opened:
        hello = await opened.initialize()
        assert hello.server_info.name == "fovea" and hello.protocol_version >= "2025-11-25"
        yield opened


async def call(opened, tool, **arguments):
    answer = await opened.call_tool(tool, arguments)
    assert not answer.is_error, answer.content[0].text
    return answer.structured_content


def test_tools_that_read_are_listed_and_answer(store):
    async def talk():
        async with session(store) as opened:
            assert [tool.name for tool in (await opened.list_tools()).tools] == READING
            assert (await call(opened, "schema"))["classes"]
            found = await call(opened, "query", question="images wider than 40", limit=3)
            assert found["filter"] == {"width": {"$gt": 40}} and found["count"] == 2
            image = found["entities"][0]["_uniqueid"]
            shown = (await opened.call_tool("show", {"id": image, "size": 64})).content[0]
            assert shown.type == "image" and base64.b64decode(shown.data)[:3] == b"\xff\xd8\xff"
            alike = await call(opened, "similar", id=image, distance=64)
            assert alike["entities"][0]["_uniqueid"] == image
            assert (await call(opened, "statistics", properties=["width"]))["count"] == 3

    asyncio.run(talk())


def test_what_is_wrong_is_told_to_the_model(store):
    async def talk():
        async with session(store) as opened:
            wrong = await opened.call_tool("query", {"question": "images widr than 1"})
            assert wrong.is_error and "wider" in wrong.content[0].text
            with pytest.raises(Exception, match="changes the store"):
                await opened.call_tool("add_labels", {"id": "1.0.0", "labels": [{"class": "cat"}]})

    asyncio.run(talk())


def test_a_job_is_done_without_a_server(store):
    async def talk():
        async with session(store, "--allow-writes") as opened:
            job = (await call(opened, "label_images", taggers=["resolution"]))["job"]["job"]
            for _ in range(3_000):
                state = (await call(opened, "jobs", job=job))["jobs"][0]["state"]
                if state == "done":
                    break
                assert state in ("waiting", "running")
                await asyncio.sleep(0.1)
            found = await call(opened, "query", filter={"labels.source": {"$regex": "^tagger:resolution@"}})
            assert state == "done" and found["count"] == 3

    asyncio.run(talk())


def test_a_message_that_is_too_long_ends_nothing(store):
    def ping(number):
        return json.dumps({"jsonrpc": "2.0", "id": number, "method": "ping"}).encode() + b"\n"

    done = subprocess.run(
        [servers.binary(), "mcp", "--store", str(store)],
        input=ping(1) + b"x" * (65 << 20) + b"\n" + b"[" + ping(2).strip() + b"]\n" + ping(3),
        capture_output=True,
        timeout=600,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert answers[0]["id"] == 1 and answers[1]["error"]["code"] == -32600 and answers[1]["id"] is None
    assert [answer["id"] for answer in answers[2]] == [2] and answers[3] == {"jsonrpc": "2.0", "id": 3, "result": {}}


def test_tools_that_write_give_review_and_take_back_labels(store):
    async def talk():
        async with session(store, "--allow-writes") as opened:
            assert [tool.name for tool in (await opened.list_tools()).tools] == READING + WRITING
            assert (await call(opened, "declare_classes", classes=[{"class": "animal"}]))["added"] == 1
            everything = await call(opened, "query", filter={}, limit=1)
            image = everything["entities"][0]["_uniqueid"]
            given = await call(opened, "add_labels", id=image, labels=[
                {"class": "animal"}, {"class": "animal", "x": 1, "y": 2, "width": 10, "height": 9}])
            assert len(given["labels"]) == 2
            assert (await call(opened, "query", question="images with an animal"))["count"] == 1
            job = await call(opened, "label_images", taggers=["resolution"])
            assert job["job"]["kind"] == "label"
            assert (await call(opened, "jobs", job=job["job"]["job"]))["jobs"]
            assert (await call(opened, "run_rules"))["rules"] == []
            assert (await call(opened, "remove_labels", labels=given["labels"]))["removed"] == 2
            assert (await call(opened, "query", question="images with an animal"))["count"] == 0

    asyncio.run(talk())
