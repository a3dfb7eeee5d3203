"""Find without keywords: the images most like a given one, all over the store and among those of a label."""

from aperturedb.Constraints import Constraints
from aperturedb.Images import Images
from connection import arguments, ask, connect
from filter_and_classify import SET


def main():
    parser = arguments(__doc__)
    parser.add_argument("--label", default="landscape", help="start from an image of this label")
    parser.add_argument("--count", type=int, default=5)
    options = parser.parse_args()
    client = connect(options)
    start = Images(client)
    start.search(constraints=Constraints().equal("label", options.label), limit=1)
    if start.total_results() == 0:
        raise SystemExit(f"no image of the label {options.label}")
    key = start.images_ids[0]
    print(f"like {key}, a picture of `{options.label}`:")
    _, vector = ask(client, {"FindDescriptor": {
        "set": SET, "constraints": {"image": ["==", key]}, "blobs": True}})
    if not vector:
        raise SystemExit("it has no descriptor: run filter_and_classify.py first")
    similar = start.get_similar_images(SET, options.count)
    for other, values in similar.get_properties(["label", "width", "height"]).items():
        print(f"    {other:<12} {values['label']:<12} {values['width']}×{values['height']}")

    # One command searches by look and by what is known: only the images that are wide, nearest first.
    (_, near, images), _ = ask(
        client,
        {"FindImage": {"_ref": 1, "constraints": {"width": [">=", 600]}, "blobs": False}},
        {"FindDescriptor": {"_ref": 2, "set": SET, "k_neighbors": options.count, "distances": True,
                            "is_connected_to": {"ref": 1}, "uniqueids": True}},
        {"FindImage": {"is_connected_to": {"ref": 2}, "group_by_source": True, "blobs": False,
                       "results": {"list": ["_uniqueid", "label", "width"]}}},
        blobs=vector[:1])
    print("\nof those at least 600 pixels wide:")
    for descriptor in near["entities"]:
        (image,) = images["entities"][descriptor["_uniqueid"]]
        print(f"    {image['_uniqueid']:<12} {image['label']:<12} {image['width']:>5} wide, "
              f"distance {descriptor['_distance']:.3f}")


if __name__ == "__main__":
    main()
