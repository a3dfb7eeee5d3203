"""Images of aperturedb 0.4 and 0.5: search, display with boxes and polygons, similar images, inspection."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from aperturedb.Constraints import Constraints
from aperturedb.Images import Images
from aperturedb.Operations import Operations
from pictures import picture, png, vectors
from replies import ask, one


@pytest.fixture
def shown(monkeypatch):
    """The pixels of what was drawn, in order."""
    drawn = []
    monkeypatch.setattr(plt, "imshow", lambda pixels, *_, **__: drawn.append(np.array(pixels)))
    yield drawn
    plt.close("all")


@pytest.fixture
def album(db, name):
    """Seven images `n` 0 to 6 with a box and a polygon each; gives the value of `key`."""
    commands = []
    for n in range(7):
        commands += [
            {"AddImage": {"_ref": n + 1, "properties": {
                "key": name, "n": n, "adb_image_width": 64, "adb_image_height": 48}}},
            {"AddBoundingBox": {"image_ref": n + 1, "rectangle": {"x": n, "y": 5, "width": 20, "height": 15},
                                "label": f"box{n}"}},
            {"AddPolygon": {"image_ref": n + 1, "polygons": [[[30, 10], [50, 10], [50, 30], [30, 30]]],
                            "label": f"area{n}"}}]
    ask(db, commands, [png(picture(n)) for n in range(7)])
    return name


def searched(client, key, **more):
    images = Images(client)
    images.search(constraints=Constraints().equal("key", key), **more)
    return images


def numbers(images):
    properties = images.get_properties(["n"])
    return [properties[str(key)]["n"] for key in images.images_ids]


def test_a_search_finds_what_its_constraints_say(db, album):
    images = Images(db)
    images.search(constraints=Constraints().equal("key", album).greaterequal("n", 2))
    assert sorted(numbers(images)) == [2, 3, 4, 5, 6]
    images.search(constraints=Constraints().equal("key", album).is_in("n", [1, 6]))
    assert sorted(numbers(images)) == [1, 6]
    assert searched(db, album, limit=3).total_results() == 3
    assert searched(db, album).total_results() == 7


def test_a_search_by_property_keeps_the_order_of_the_values(db, name):
    ask(db, [{"AddImage": {"properties": {f"n{name}": n}}} for n in range(5)], [png(picture(n)) for n in range(5)])
    images = Images(db)
    images.search_by_property(f"n{name}", [3, 0, 4])
    assert [np.array_equal(images.get_np_image_by_index(index), picture(n)) for index, n in enumerate([3, 0, 4])] == [
        True] * 3


def test_images_come_in_batches_in_the_order_of_their_ids(db, album):
    images = searched(db, album)
    images.batch_size = 3
    assert [images.get_image_by_index(index) for index in range(7)] == [png(picture(n)) for n in numbers(images)]


def test_operations_are_done_by_the_server(db, album):
    operations = Operations().crop(10, 5, 20, 10).flip(1)
    images = searched(db, album, operations=operations)
    n = numbers(images)[0]
    assert np.array_equal(images.get_np_image_by_index(0), picture(n)[5:15, 10:30][:, ::-1])


def test_boxes_are_read(db, album):
    images = searched(db, album)
    n = numbers(images)[0]
    boxes = images.get_bboxes_by_index(0)
    assert boxes["tags"] == [f"box{n}"]
    assert np.asarray(boxes["bboxes"][0]).tolist() == [[n, 5], [n + 20, 5], [n + 20, 20], [n, 20]]


def test_pictures_are_displayed_as_they_are(db, album, shown):
    images = searched(db, album)
    images.display(limit=3)
    assert [np.array_equal(pixels, picture(n)) for pixels, n in zip(shown, numbers(images))] == [True] * 3


def test_boxes_are_drawn_where_they_are(db, album, shown):
    images = searched(db, album)
    images.display(show_bboxes=True, limit=2)
    for pixels, n in zip(shown, numbers(images)):
        inner = pixels[40:, 40:]
        assert np.array_equal(inner, picture(n)[40:, 40:]), "away from box and label nothing changed"
        edge = pixels[5, n:n + 21]
        assert len({tuple(color) for color in edge}) == 1 and not np.array_equal(edge, picture(n)[5, n:n + 21])


def test_polygons_are_drawn_where_they_are(db, album, shown):
    images = searched(db, album)
    images.display(show_polygons=True, limit=2)
    for pixels, n in zip(shown, numbers(images)):
        changed = np.abs(pixels.astype(int) - picture(n)).max(axis=2) > 0
        assert changed[15:25, 35:45].mean() > 0.9, "the polygon is filled"
        assert not changed[40:].any(), "below it nothing changed"


def test_polygons_may_be_chosen_and_tagged(db, album):
    images = searched(db, album)
    n = numbers(images)[0]
    images.retrieve_polygons(0)
    (found,) = images.images_polygons.values()
    assert found["tags"] == [f"area{n}"] and found["bounds"] == [{"x": 30, "y": 10, "width": 20, "height": 20}]
    assert sorted(map(tuple, np.asarray(found["polygons"][0][0]).tolist())) == [(30, 10), (30, 30), (50, 10), (50, 30)]


def test_similar_images_come_nearest_first(db, name):
    rows = vectors(seed=21, count=8, dimensions=16)
    one(db, "AddDescriptorSet", {"name": name, "dimensions": 16, "metric": "L2", "engine": "HNSW"})
    commands, blobs = [], []
    for n, row in enumerate(rows):
        commands += [{"AddImage": {"_ref": n + 1, "properties": {"key": name, "n": n}}},
                     {"AddDescriptor": {"set": name, "connect": {"ref": n + 1, "class": "looks"}}}]
        blobs += [png(picture(n)), row.tobytes()]
    ask(db, commands, blobs)
    images = Images(db)
    images.search(constraints=Constraints().equal("key", name).equal("n", 3))
    similar = images.get_similar_images(name, 4)
    assert numbers(similar) == np.argsort(((rows - rows[3]) ** 2).sum(axis=1))[:5].tolist()


def test_names_of_properties(db, album):
    assert {"key", "n"} <= set(Images(db).get_props_names())


def test_images_are_inspected_with_thumbnails(db, album, monkeypatch):
    import aperturedb.Images as module

    shown_tables = []
    monkeypatch.setattr(module, "display", shown_tables.append)
    found, _ = ask(db, [{"FindImage": {"constraints": {"key": ["==", album]}, "blobs": False, "uniqueids": True,
                                       "results": {"all_properties": True}}}])
    images = Images(db, response=found[0]["entities"])
    frame = images.inspect(use_thumbnails=False)
    assert sorted(frame["n"]) == list(range(7))
    images.inspect()
    assert shown_tables[0].data.count("data:image/jpeg;base64,") == 7


def test_a_display_without_the_sizes_of_images_still_draws(db, name, shown):
    ask(db, [
        {"AddImage": {"_ref": 1, "properties": {"key": name, "n": 0}}},
        {"AddBoundingBox": {"image_ref": 1, "rectangle": {"x": 8, "y": 30, "width": 20, "height": 10}, "label": "b"}},
    ], [png(picture(0))])
    searched(db, name).display(show_bboxes=True)
    assert not np.array_equal(shown[0][30, 8:29], picture(0)[30, 8:29])
    assert np.array_equal(shown[0][:28], picture(0)[:28]), "above the box nothing changed; its label lies below"
