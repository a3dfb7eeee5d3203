"""Asks for images by their boxes: detections_client.py fovea|fiftyone|pymongo ADDRESS [TOKEN].

A question has a `kind`, `labels` and a `confidence`; images are answered by their paths, or by
their number where the kind ends with `, count`. `add` adds so many images,
drawn from the `seed`, the first with the number `first`, and says how long that took alone; `fill` does the same by
whatever way is quick, for `pymongo` alone.
"""

import os
import sys
from pathlib import Path

from asking import serve

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from harness.detections import Detections  # noqa: E402  after the path is set

NAME = "detections"
# A PNG of one pixel: there are no pictures here, and an image has bytes.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001f6"
    "1738550000000049454e44ae426082")
BATCH = 500


def drawn(question):
    draw = Detections(question["seed"])
    return [draw.image(question["first"] + index) for index in range(question["add"])]


def asked(question):
    """What is looked for, and whether only the number of images is asked for."""
    kind = question["kind"]
    return kind.removesuffix(", count"), kind.endswith(", count")


class Fovea:
    """Through the client of ApertureDB."""

    def __init__(self, address, token):
        from aperturedb.Connector import Connector
        host, _, port = address.rpartition(":")
        self.client = Connector(host, int(port), user="admin", token=token, use_ssl=False)

    def query(self, commands, blobs=()):
        reply, _ = self.client.query(commands, list(blobs))
        if not isinstance(reply, list):
            raise ValueError(str(reply)[:300])
        return next(iter(reply[-1].values()))

    def prepare(self, question):
        """Adds images in batches; the commands and their blobs are made beforehand, as samples are."""
        images, batches = drawn(question), []
        for start in range(0, len(images), BATCH):
            commands = []
            for ref, (path, boxes) in enumerate(images[start:start + BATCH], 1):
                commands.append({"AddImage": {"_ref": ref, "properties": {"file": path}}})
                commands += [{"AddBoundingBox": {
                    "image_ref": ref, "label": label, "properties": {"confidence": confidence},
                    "rectangle": dict(zip(("x", "y", "width", "height"), place))}}
                    for label, confidence, place in boxes]
            batches.append((commands, [PIXEL] * min(BATCH, len(images) - start)))

        def add():
            for commands, blobs in batches:
                self.query(commands, blobs)
        return add

    def ask(self, question):
        kind, counts = asked(question)
        if kind == "counts per label":
            answer = self.query([{"FindBoundingBox": {"results": {"count": True, "group": ["_label"]}}}])
            rows = [(group["_label"], group["count"]) for group in answer["groups"]]
            return {"count": len(rows), "rows": rows}
        boxes = [{"FindBoundingBox": {"_ref": ref, "with_label": label}}
                 for ref, label in enumerate(question["labels"], 1)]
        if kind == "a label and confidence":
            boxes[0]["FindBoundingBox"]["constraints"] = {"confidence": [">", question["confidence"]]}
        links = [{"ref": ref} for ref in range(1, len(boxes) + 1)]
        results = {"count": True} if counts else {"list": ["file"]}
        answer = self.query([*boxes, {"FindImage": {
            "is_connected_to": links[0] if len(links) == 1 else {"all": links}, "blobs": False, "results": results}}])
        if counts:
            return {"count": answer["count"]}
        rows = answer.get("entities") or []
        return {"count": len(rows), "rows": ((row["file"],) for row in rows)}


class Mongo:
    """What FiftyOne and raw pymongo have in common: the documents of FiftyOne's dataset."""

    def __init__(self, address):
        os.environ.update(FIFTYONE_DATABASE_URI=f"mongodb://{address}", FIFTYONE_DO_NOT_TRACK="1",
                          FIFTYONE_DATABASE_VALIDATION="false")
        import fiftyone
        self.fiftyone = fiftyone
        self.dataset = (fiftyone.load_dataset(NAME) if fiftyone.dataset_exists(NAME) else
                        fiftyone.Dataset(NAME, persistent=True))


class FiftyOne(Mongo):
    """By the views of FiftyOne."""

    def prepare(self, question):
        one = self.fiftyone
        samples = [
            one.Sample(filepath=path, ground_truth=one.Detections(detections=[
                one.Detection(label=label, confidence=confidence, bounding_box=[part / 1000 for part in place])
                for label, confidence, place in boxes])) for path, boxes in drawn(question)]
        return lambda: self.dataset.add_samples(samples, progress=False)

    def ask(self, question):
        from fiftyone import ViewField as F
        (kind, counts), labels = asked(question), question["labels"]
        if kind == "counts per label":
            rows = list(self.dataset.count_values("ground_truth.detections.label").items())
            return {"count": len(rows), "rows": rows}
        if kind == "a label and confidence":
            wanted = (F("label") == labels[0]) & (F("confidence") > question["confidence"])
            view = self.dataset.match(F("ground_truth.detections").filter(wanted).length() > 0)
        else:
            view = self.dataset.match(F("ground_truth.detections.label").contains(labels, all=True))
        if counts:
            return {"count": len(view)}
        paths = view.values("filepath")
        return {"count": len(paths), "rows": ((path,) for path in paths)}


class PyMongo(Mongo):
    """The same documents without FiftyOne, by an index of labels and confidences."""

    def __init__(self, address):
        super().__init__(address)
        self.documents = self.dataset._sample_collection

    def prepare(self, question):
        """Fills the collection with documents like those that are in it, and makes the index."""
        from bson import ObjectId
        model, documents = self.documents.find_one(), []
        box = model["ground_truth"]["detections"][0]
        for path, boxes in drawn(question):
            documents.append({**model, "_id": ObjectId(), "filepath": path, "ground_truth": {
                "_cls": "Detections", "detections": [
                    {**box, "_id": ObjectId(), "label": label, "confidence": confidence,
                     "bounding_box": [part / 1000 for part in place]} for label, confidence, place in boxes]}})

        def add():
            if documents:
                self.documents.insert_many(documents, ordered=False)
            self.documents.create_index(
                [("ground_truth.detections.label", 1), ("ground_truth.detections.confidence", 1)])
        return add

    def ask(self, question):
        field, (kind, counts), labels = "ground_truth.detections.label", asked(question), question["labels"]
        if kind == "counts per label":
            rows = [(group["_id"], group["count"]) for group in self.documents.aggregate([
                {"$unwind": "$ground_truth.detections"}, {"$group": {"_id": f"${field}", "count": {"$sum": 1}}}])]
            return {"count": len(rows), "rows": rows}
        if kind == "a label and confidence":
            wanted = {"ground_truth.detections": {"$elemMatch": {
                "label": labels[0], "confidence": {"$gt": question["confidence"]}}}}
        else:
            wanted = {field: labels[0]} if len(labels) == 1 else {field: {"$all": labels}}
        if counts:
            return {"count": self.documents.count_documents(wanted)}
        paths = [found["filepath"] for found in self.documents.find(wanted, {"_id": 0, "filepath": 1})]
        return {"count": len(paths), "rows": ((path,) for path in paths)}


WAYS = {"fovea": Fovea, "fiftyone": FiftyOne, "pymongo": PyMongo}


def main():
    way, waiting = WAYS[sys.argv[1]](*sys.argv[2:]), []

    def ask(question):
        if "add" in question:
            waiting.append(way.prepare(question))
            return {"count": question["add"]}
        if "go" in question:
            waiting.pop()()
            return {"count": 0}
        return way.ask(question)

    serve("", ask)


main()
