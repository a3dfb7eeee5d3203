"""Filter and classify: images by several properties, descriptors of their colours, labels by their neighbours."""

import cv2
import numpy as np
from aperturedb.Constraints import Constraints
from aperturedb.Images import Images
from connection import arguments, ask, connect, find_images

SET, BINS = "colours", 4


def colours(file):
    """A histogram of 4×4×4 colours in each quarter of the picture, of length 1: 256 numbers."""
    pixels = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR)
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
    parts = []
    for y in (0, height):
        for x in (0, width):
            quarter = pixels[y:y + height, x:x + width]
            parts.append(cv2.calcHist([quarter], [0, 1, 2], None, [BINS] * 3, [0, 256] * 3).ravel())
    vector = np.sqrt(np.concatenate(parts))
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def readable(client):
    """The images that can be decoded: unique id and label of each."""
    found = find_images(client, listed=["_uniqueid", "label", "error"])["entities"]
    return [(image["_uniqueid"], image["label"]) for image in found if image["error"] is None and image["label"]]


def add_descriptors(client, images):
    """Adds to the set what is not there yet, an image at a time, from pixels that the server made small."""
    ask(client, {"AddDescriptorSet": {
        "name": SET, "dimensions": 4 * BINS ** 3, "metric": "L2", "engine": "HNSW", "if_not_found": {
            "_name": ["==", SET]}}})
    (there,), _ = ask(client, {"FindDescriptor": {"set": SET, "results": {"list": ["image"]}}})
    known = {descriptor["image"] for descriptor in there.get("entities") or []}
    added = 0
    for key, label in images:
        if key in known:
            continue
        (_,), files = ask(client, {"FindImage": {
            "constraints": {"_uniqueid": ["==", key]}, "blobs": True, "as_format": "png",
            "operations": [{"type": "resize", "width": 64, "height": 64}]}})
        ask(client,
            {"FindImage": {"_ref": 1, "constraints": {"_uniqueid": ["==", key]}, "blobs": False}},
            {"AddDescriptor": {"set": SET, "label": label, "properties": {"image": key},
                               "connect": {"ref": 1, "class": "looks_like", "direction": "in"}}},
            blobs=[colours(files[0]).tobytes()])
        added += 1
    return added


def main():
    client = connect(arguments(__doc__).parse_args())
    wanted = Images(client)
    wanted.search(constraints=Constraints().is_in("label", ["animal", "food"]).greaterequal("width", 500))
    print(f"{wanted.total_results()} images of animals or food, at least 500 pixels wide:")
    for key, values in wanted.get_properties(["label", "width", "height"]).items():
        print(f"    {key:<12} {values['label']:<8} {values['width']}×{values['height']}")

    images = readable(client)
    print(f"\n{add_descriptors(client, images)} descriptors added to the set `{SET}`")
    right = 0
    for key, label in images:
        (mine,), vector = ask(client, {"FindDescriptor": {
            "set": SET, "constraints": {"image": ["==", key]}, "blobs": True}})
        (near,), _ = ask(client, {"FindDescriptor": {
            "set": SET, "k_neighbors": 3, "labels": True, "constraints": {"image": ["!=", key]}}}, blobs=vector[:1])
        labels = [neighbour["_label"] for neighbour in near["entities"]]
        right += max(labels, key=labels.count) == label
    print(f"{right} of {len(images)} images have the label that most of their 3 neighbours have")
    (answer,), _ = ask(client, {"ClassifyDescriptor": {"set": SET, "k_neighbors": 5}}, blobs=vector[:1])
    print(f"the last of them, a picture of `{label}`, is classified as `{answer['label']}`")


if __name__ == "__main__":
    main()
