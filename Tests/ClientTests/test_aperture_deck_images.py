"""Images, PyTorchDataset and NotebookHelpers of aperturedb 0.2.3, as notebooks of that time use them."""

import cv2
import matplotlib.pyplot as plt
import numpy as np
import pytest
from aperturedb import Images, NotebookHelpers, PyTorchDataset
from pictures import picture, png, vectors
from replies import ask, one


@pytest.fixture
def shown(monkeypatch):
    """The pixels of what was drawn, in order."""
    drawn = []
    monkeypatch.setattr(plt, "imshow", lambda pixels, *_, **__: drawn.append(np.asarray(pixels)))
    yield drawn
    plt.close("all")


@pytest.fixture
def album(db, name):
    """Seven images `n` 0 to 6 with a box and an outline each; gives the value of `key`."""
    commands, blobs = [], []
    for n in range(7):
        commands += [
            {"AddImage": {"_ref": 2 * n + 1, "properties": {"key": name, "n": n, "color": "red blue".split()[n % 2]}}},
            {"AddBoundingBox": {"image": 2 * n + 1, "rectangle": {"x": n, "y": 5, "width": 20, "height": 15},
                                "label": f"box{n}"}},
            {"AddBlob": {"properties": {"type": "segmentation"}, "connect": {"ref": 2 * n + 1, "class": "outline"}}}]
        blobs += [png(picture(n)), np.array([1, 1, 30, 1, 30, 20], np.float32).tobytes()]
    ask(db, commands, blobs)
    return name


def searched(client, key, **more):
    constraints = Images.Constraints()
    constraints.equal("key", key)
    images = Images.Images(client)
    images.search(constraints=constraints, **more)
    return images


def numbers(images):
    properties = images.get_properties(["n"])
    return [properties[str(key)]["n"] for key in images.images_ids]


def test_a_search_finds_what_its_constraints_say(db, album):
    assert sorted(numbers(searched(db, album))) == list(range(7))
    constraints = Images.Constraints()
    constraints.equal("key", album)
    constraints.greaterequal("n", 2)
    images = Images.Images(db)
    images.search(constraints=constraints, limit=3)
    assert images.total_results() == 3 and all(n >= 2 for n in numbers(images))
    constraints.lessequal("n", 3)
    images.search(constraints=constraints)
    assert sorted(numbers(images)) == [0, 1, 2, 3]


def test_images_come_in_batches_in_the_order_of_their_ids(db, album):
    images = searched(db, album)
    images.batch_size = 3
    for index, n in enumerate(numbers(images)):
        assert images.get_image_by_index(index) == png(picture(n))
        assert np.array_equal(images.get_np_image_by_index(index), picture(n))


def test_operations_are_done_by_the_server(db, album):
    operations = Images.Operations()
    operations.resize(32, 24)
    operations.rotate(90, True)
    images = searched(db, album, operations=operations)
    assert images.get_np_image_by_index(0).shape == (32, 24, 3)


def test_boxes_are_read_and_drawn(db, album, shown):
    images = searched(db, album)
    (n, *_) = numbers(images)
    assert images.get_bboxes_by_index(0) == {
        "bboxes": [{"x": n, "y": 5, "width": 20, "height": 15}], "tags": [f"box{n}"]}
    images.display(show_bboxes=True, limit=2)
    assert len(shown) == 2
    expected = cv2.rectangle(picture(n).copy(), (n, 5), (n + 20, 20), (0, 255, 0), 2)
    assert np.array_equal(shown[0][:4], expected[:4]), "the upper edge of the box; its label lies below"
    assert tuple(shown[0][10, n + 20]) == (0, 255, 0)


def test_segmentations_are_drawn_from_their_blobs(db, album, shown, monkeypatch):
    outlines = []
    monkeypatch.setattr(Images, "Polygon", lambda points: outlines.append(points) or plt.Polygon(points))
    searched(db, album).display(show_segmentation=True, limit=1)
    assert len(shown) == 1 and shown[0].shape == (48, 64, 3)
    assert outlines[0].tolist() == [[1, 1], [30, 1], [30, 20]]


def test_pictures_are_displayed_as_they_are(db, album, shown):
    images = searched(db, album)
    images.display(limit=4)
    assert [np.array_equal(pixels, picture(n)) for pixels, n in zip(shown, numbers(images))] == [True] * 4


def test_names_of_properties(db, album):
    assert {"key", "n", "color"} <= set(Images.Images(db).get_props_names())


def test_similar_images_are_those_of_the_nearest_descriptors(db, name):
    rows = vectors(seed=21, count=8, dimensions=16)
    one(db, "AddDescriptorSet", {"name": name, "dimensions": 16, "metric": "L2", "engine": "FaissFlat"})
    commands, blobs = [], []
    for n, row in enumerate(rows):
        commands += [{"AddImage": {"_ref": n + 1, "properties": {"key": name, "n": n}}},
                     {"AddDescriptor": {"set": name, "connect": {"ref": n + 1, "class": "looks"}}}]
        blobs += [png(picture(n)), row.tobytes()]
    ask(db, commands, blobs)
    constraints = Images.Constraints()
    constraints.equal("key", name)
    constraints.equal("n", 3)
    images = Images.Images(db)
    images.search(constraints=constraints)
    similar = images.get_similar_images(name, 4)
    order = np.argsort(((rows - rows[3]) ** 2).sum(axis=1))
    assert numbers(similar) == order[1:5].tolist()


def test_a_dataset_of_constraints(db, album):
    constraints = Images.Constraints()
    constraints.equal("key", album)
    dataset = PyTorchDataset.ApertureDBDatasetConstraints(db, constraints=constraints)
    assert len(dataset) == 7
    order = numbers(dataset.imgs_handler)
    for index in range(7):
        pixels, label = dataset[index]
        assert np.array_equal(pixels, picture(order[index])) and label == "none"


def test_a_dataset_of_a_query_has_pixels_and_labels(db, album):
    query = [{"FindImage": {"constraints": {"key": ["==", album]}, "results": {"list": ["n"]}}}]
    dataset = PyTorchDataset.ApertureDBDataset(db, query, label_prop="n")
    assert len(dataset) == 7
    seen = [dataset[index] for index in range(7)]
    assert sorted(n for _, n in seen) == list(range(7))
    assert all(np.array_equal(pixels, picture(n)) for pixels, n in seen)
    # A dataset that has a batch at hand takes all that is asked out of order from its first row; a new one has none.
    dataset = PyTorchDataset.ApertureDBDataset(db, query, label_prop="n")
    shuffled = [dataset[index] for index in (5, 2, 6, 0)]
    assert [n for _, n in shuffled] == [seen[index][1] for index in (5, 2, 6, 0)]


def test_a_dataset_of_a_query_through_torch_loader_with_operations(db, album):
    from torch.utils.data import DataLoader

    query = [{"FindImage": {"constraints": {"key": ["==", album]}, "results": {"list": ["n"]},
                            "operations": [{"type": "resize", "width": 16, "height": 12}]}}]
    dataset = PyTorchDataset.ApertureDBDataset(db, query, label_prop="n")
    seen = []
    for pixels, labels in DataLoader(dataset, batch_size=3, sampler=range(7)):
        assert tuple(pixels.shape[1:]) == (12, 16, 3)
        seen += [int(label) for label in labels]
    assert sorted(seen) == list(range(7))


def test_the_notebooks_helpers_show_what_came(db, album, monkeypatch):
    displayed = []
    monkeypatch.setattr(NotebookHelpers, "ds", displayed.append)
    _, blobs = ask(db, [{"FindImage": {"constraints": {"key": ["==", album], "n": ["==", 2]}, "blobs": True}}])
    NotebookHelpers.display(blobs)
    NotebookHelpers.draw_bboxes(blobs[0], [{"x": 2, "y": 5, "width": 20, "height": 15}], ["cup"])
    assert np.array_equal(np.asarray(displayed[0]), picture(2)) and len(displayed) == 2
    assert np.array_equal(np.asarray(displayed[1])[30:], picture(2)[30:]), "below the box nothing was drawn"
