"""Debug: damaged files, images without a label or of odd shape, labels that the neighbours contradict."""

from connection import arguments, ask, connect, find_images
from filter_and_classify import SET, readable


def main():
    client = connect(arguments(__doc__).parse_args())
    damaged = find_images(client, like={"error": ["!=", None]}, listed=["_uniqueid", "error"])["entities"]
    print(f"{len(damaged)} damaged")
    for image in damaged:
        print(f"    {image['_uniqueid']:<12} {image['error']}")

    unlabelled = find_images(client, like={"label": ["==", None]})["count"]
    print(f"{unlabelled} without a label")

    odd = []
    for image in find_images(client, listed=["_uniqueid", "label", "width", "height"])["entities"]:
        if image["width"] and image["height"]:
            shape = image["width"] / image["height"]
            if not 1 / 2.5 < shape < 2.5 or min(image["width"], image["height"]) < 64:
                odd.append(image)
    print(f"{len(odd)} of odd shape or very small")
    for image in odd:
        print(f"    {image['_uniqueid']:<12} {image['label']:<12} {image['width']}×{image['height']}")

    (sets,), _ = ask(client, {"FindDescriptorSet": {"with_name": SET, "counts": True}})
    if not sets.get("entities"):
        print("no descriptors yet: filter_and_classify.py adds them")
        return
    print("images nearly alike, whose labels differ:")
    for key, label in readable(client):
        (mine,), vector = ask(client, {"FindDescriptor": {
            "set": SET, "constraints": {"image": ["==", key]}, "blobs": True}})
        if not vector:
            continue
        (near,), _ = ask(client, {"FindDescriptor": {
            "set": SET, "k_neighbors": 1, "labels": True, "distances": True, "constraints": {"image": ["!=", key]},
            "results": {"list": ["image"]}}}, blobs=vector[:1])
        (other,) = near["entities"]
        if other["_distance"] < 0.4 and other["_label"] != label:
            print(f"    {key:<12} {label:<12} {other['image']:<12} {other['_label']:<12} {other['_distance']:.2f}")


if __name__ == "__main__":
    main()
