"""Asks for labelled images as Cortex's clients do: cortex_client.py fovea HTTP WIRE TOKEN | mongo ADDRESS.

A question is a `filter` over samples; the answer is how many match, and the URLs of the first 25. `add` adds so many
images, drawn from the `seed`, the first with the number `first`.
"""

import http.client
import json
import struct
import sys
import zlib
from pathlib import Path
from urllib.parse import quote

from asking import serve

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from harness.detections import Detections  # noqa: E402  after the path is set

BATCH, PAGE = 500, 25
WIDTHS = range(40, 200, 10)


def png(width):
    """A grey picture, 8 pixels high."""
    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    rows = zlib.compress((b"\0" + b"\x80" * width) * 8, 9)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, 8, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


def drawn(question):
    """The number, the width, and the boxes of each image."""
    draw = Detections(question["seed"])
    for number in range(question["first"], question["first"] + question["add"]):
        _, boxes = draw.image(number)
        yield number, WIDTHS[number * 7 % len(WIDTHS)], boxes


def url(number):
    return f"http://example.org/{number:07}.png"


class Fovea:
    def __init__(self, address, wire, token):
        self.http = http.client.HTTPConnection(address)
        self.wire, self.token, self.pictures = wire, token, {width: png(width) for width in WIDTHS}

    def add(self, question):
        """Through the client of ApertureDB: boxes need commands."""
        from aperturedb.Connector import Connector
        host, _, port = self.wire.rpartition(":")
        client = Connector(host, int(port), user="admin", token=self.token, use_ssl=False)
        commands, blobs = [], []

        def send():
            reply, _ = client.query(commands, blobs)
            if not isinstance(reply, list):
                raise ValueError(str(reply)[:300])
        for number, width, boxes in drawn(question):
            ref = len(blobs) + 1
            commands.append({"AddImage": {"_ref": ref, "properties": {"url": url(number)}}})
            commands += [{"AddBoundingBox": {
                "image_ref": ref, "label": label, "rectangle": dict(zip(("x", "y", "width", "height"), place))}}
                for label, _, place in boxes]
            blobs.append(self.pictures[width])
            if len(blobs) == BATCH:
                send()
                commands, blobs = [], []
        if blobs:
            send()

    def ask(self, question):
        self.http.request("GET", "/get-labeled-data?page=1&q=" + quote(json.dumps(question["filter"])))
        response = self.http.getresponse()
        answer = json.loads(response.read())
        if response.status != 200:
            raise ValueError(str(answer)[:300])
        return {"count": answer["size"], "rows": ((one["url"],) for one in answer["output"])}


class Mongo:
    """Documents of the same form, without an index: Cortex's filters are anybody's."""

    def __init__(self, address):
        from pymongo import MongoClient
        self.samples = MongoClient(f"mongodb://{address}")["cortex"]["samples"]

    def add(self, question):
        waiting = []
        for number, width, boxes in drawn(question):
            waiting.append({
                "url": url(number), "datetime": "2023-11-29 05:53:54.120000", "object_analysis_processed": "true",
                "pose_estimation_processed": "false", "face_analysis_processed": "false", "type": "image",
                "height": 8, "width": width, "hash": "0" * 64, "object_analysis": [[
                    {"classname": label, "x1": x, "y1": y, "x2": x + across, "y2": y + down}
                    for label, _, (x, y, across, down) in boxes]]})
            if len(waiting) == 10_000:
                self.samples.insert_many(waiting)
                waiting = []
        if waiting:
            self.samples.insert_many(waiting)

    def ask(self, question):
        found = self.samples.find(question["filter"], {"url": 1}).sort("_id", 1).limit(PAGE)
        rows = [(one["url"],) for one in found]
        return {"count": self.samples.count_documents(question["filter"]), "rows": rows}


def main():
    way = {"fovea": Fovea, "mongo": Mongo}[sys.argv[1]](*sys.argv[2:])

    def ask(question):
        if "add" in question:
            way.add(question)
            return {"count": question["add"]}
        return way.ask(question)

    serve("", ask)


main()
