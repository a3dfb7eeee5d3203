"""Know the metadata: what properties the images have, of what type, how many have them, between what bounds."""

from connection import arguments, ask, connect, find_images

# What Fovea measures itself has a value for every image, in the schema or not.
MEASURED = {"width", "height", "bytes"}


def main():
    client = connect(arguments(__doc__).parse_args())
    (status, schema), _ = ask(client, {"GetStatus": {}}, {"GetSchema": {}})
    print(f"{status['system']} {status['version']}: {status['info']}\n")
    classes = (schema["entities"] or {"classes": {}})["classes"]
    for name, found in sorted(classes.items()):
        print(f"{name}: {found['matched']} entities")
        for key, (count, is_indexed, kind) in sorted((found["properties"] or {}).items()):
            print(f"    {key:<20} {kind:<10} {count:>6} have it{'  (indexed)' if is_indexed else ''}")
    images = classes.get("_Image")
    if not images:
        raise SystemExit("no images here; `make demo` adds some")
    properties = images["properties"] or {}
    numbers = {key for key, (_, _, kind) in properties.items() if kind in ("Number", "Integer", "Float")}
    print("\nbounds of the numbers:")
    for key in sorted(numbers | MEASURED):
        (reply,), _ = ask(client, {"FindImage": {
            "blobs": False, "results": {"min": [key], "max": [key], "average": [key]}}})
        print(f"    {key:<20} {reply['min'][key]:>12} … {reply['max'][key]:<12} average {reply['average'][key]:.1f}")
    print("\none image:")
    listed = sorted({*properties, *MEASURED, "format", "label"})
    example = find_images(client, listed=listed, limit=1)["entities"][0]
    for key, value in example.items():
        if value is not None:
            print(f"    {key:<20} {value}")


if __name__ == "__main__":
    main()
