"""What's in your dataset: how many images of each label, format and camera, how large, and when they were taken."""

from connection import arguments, ask, connect, find_images


def bars(title, counts):
    print(f"\n{title}")
    widest = max(counts.values(), default=1)
    for value, count in sorted(counts.items(), key=lambda item: (-item[1], str(item[0]))):
        print(f"    {str(value):<16} {count:>5}  {'█' * max(1, round(30 * count / widest))}")


def main():
    client = connect(arguments(__doc__).parse_args())
    print(find_images(client)["count"], "images")
    for key in ("label", "format", "camera_make"):
        counts = {}
        for image in find_images(client, listed=[key])["entities"]:
            counts[image[key]] = counts.get(image[key], 0) + 1
        counts.pop(None, None)
        bars(f"by {key}", counts)
    (sizes,), _ = ask(client, {"FindImage": {"blobs": False, "results": {
        "min": ["width", "height"], "max": ["width", "height"], "average": ["width", "height"]}}})
    for key in ("width", "height"):
        print(f"\n{key}: {sizes['min'][key]} … {sizes['max'][key]}, average {sizes['average'][key]:.0f}", end="")
    print()
    dated = find_images(client, like={"captured_at": ["!=", None]}, listed=["captured_at", "label"],
                        sort="captured_at", limit=5)
    print("\nthe oldest:")
    for image in dated["entities"]:
        print(f"    {image['captured_at']['_date'][:10]}  {image['label']}")


if __name__ == "__main__":
    main()
