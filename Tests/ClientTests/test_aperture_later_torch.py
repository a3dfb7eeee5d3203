"""PyTorchDataset of aperturedb 0.4 and 0.5: pixels, labels, batches, other commands than FindImage."""

import numpy as np
import pytest
from aperturedb.PyTorchDataset import ApertureDBDataset
from pictures import decoded, picture, png, vectors
from replies import ask, one


@pytest.fixture
def album(db, name):
    """Eleven images `n` 0 to 10; gives the value of `key`."""
    ask(db, [{"AddImage": {"properties": {"key": name, "n": n}}} for n in range(11)],
        [png(picture(n)) for n in range(11)])
    return name


def query(key, **more):
    return [{"FindImage": {"constraints": {"key": ["==", key]}, **more}}]


@pytest.mark.parametrize("batch_size", [1, 4, 50])
def test_a_dataset_has_the_pixels_and_the_labels(db, album, batch_size):
    dataset = ApertureDBDataset(db, query(album), label_prop="n", batch_size=batch_size)
    assert len(dataset) == 11
    seen = [dataset[index] for index in range(11)]
    assert sorted(n for _, n in seen) == list(range(11))
    assert all(np.array_equal(pixels, picture(n)) for pixels, n in seen)
    assert [dataset[index][1] for index in (9, 0, 5)] == [seen[index][1] for index in (9, 0, 5)]


def test_operations_are_done_by_the_server(db, album):
    dataset = ApertureDBDataset(
        db, query(album, operations=[{"type": "resize", "width": 16, "height": 12}]), label_prop="n", batch_size=4)
    assert {dataset[index][0].shape for index in range(11)} == {(12, 16, 3)}


def test_torchs_loader_goes_through_it(db, album):
    from torch.utils.data import DataLoader

    dataset = ApertureDBDataset(db, query(album), label_prop="n", batch_size=4)
    seen = {}
    for pixels, labels in DataLoader(dataset, batch_size=4, shuffle=True):
        seen |= {int(n): np.asarray(one_picture) for one_picture, n in zip(pixels, labels)}
    assert sorted(seen) == list(range(11))
    assert all(np.array_equal(pixels, picture(n)) for n, pixels in seen.items())


def test_a_query_of_several_commands_serves_the_images(db, album):
    ask(db, [
        {"FindImage": {"_ref": 1, "constraints": {"key": ["==", album], "n": ["<", 4]}, "blobs": False}},
        {"AddEntity": {"_ref": 2, "class": "Set" + album, "properties": {"name": "few"}}},
        {"AddConnection": {"class": "in" + album, "src": 1, "dst": 2}},
    ])
    dataset = ApertureDBDataset(db, [
        {"FindEntity": {"_ref": 1, "with_class": "Set" + album}},
        {"FindImage": {"is_connected_to": {"ref": 1}}},
    ], label_prop="n", batch_size=3)
    assert sorted(dataset[index][1] for index in range(len(dataset))) == [0, 1, 2, 3]


def test_blobs_of_blobs_boxes_and_descriptors(db, album):
    ask(db, [{"AddBlob": {"properties": {"key": album, "n": n}}} for n in range(3)], [bytes([n]) * 5 for n in range(3)])
    find = {"FindBlob": {"constraints": {"key": ["==", album]}}}
    dataset = ApertureDBDataset(db, [find], label_prop="n", batch_size=2)
    assert sorted((blob, n) for blob, n in (dataset[i] for i in range(3))) == [(bytes([n]) * 5, n) for n in range(3)]

    ask(db, [
        {"FindImage": {"_ref": 1, "constraints": {"key": ["==", album], "n": ["==", 2]}, "blobs": False}},
        {"AddBoundingBox": {"image_ref": 1, "rectangle": {"x": 3, "y": 4, "width": 20, "height": 10},
                            "properties": {"key": album}}},
    ])
    dataset = ApertureDBDataset(db, [{"FindBoundingBox": {"constraints": {"key": ["==", album]}, "as_format": "png"}}])
    assert np.array_equal(decoded(dataset[0][0]), picture(2)[4:14, 3:23])

    rows = vectors(seed=4, count=5, dimensions=8)
    one(db, "AddDescriptorSet", {"name": album, "dimensions": 8, "metric": "L2", "engine": "HNSW"})
    ask(db, [{"AddDescriptor": {"set": album, "properties": {"n": n}}} for n in range(5)],
        [row.tobytes() for row in rows])
    dataset = ApertureDBDataset(db, [{"FindDescriptor": {"set": album}}], label_prop="n", batch_size=2)
    seen = {n: np.frombuffer(blob, np.float32) for blob, n in (dataset[i] for i in range(5))}
    assert all(np.array_equal(seen[n], rows[n]) for n in range(5))


def test_a_dataset_of_nothing_is_empty(db, name):
    assert len(ApertureDBDataset(db, query(name))) == 0
