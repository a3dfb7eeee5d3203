"""The loaders that 0.4 and 0.5 added: polygons, updates, newest blobs, sparse adding, transformers."""

import hashlib

import pytest
from pictures import jpeg, picture
from replies import ask, one, values
from tables import load, write


def run_sets(client, data, batch=3, threads=2):
    from aperturedb.ParallelQuerySet import ParallelQuerySet

    loader = ParallelQuerySet(client)
    loader.query(data, batchsize=batch, numthreads=threads)
    assert loader.error_counter == 0


def files(folder, count, seed=0):
    paths = []
    for number in range(count):
        path = folder / f"{seed}-{number}.jpg"
        path.write_bytes(jpeg(picture(seed + number)))
        paths.append(path)
    return paths


@pytest.fixture
def images(db, name, tmp_path):
    """Six images with `id` 0 to 5; gives the value of `key` and the paths."""
    paths = files(tmp_path, 6)
    ask(db, [{"AddImage": {"properties": {"key": name, "id": f"{name}-{n}", "version": 4}}} for n in range(6)],
        [path.read_bytes() for path in paths])
    return name, paths


def test_polygons_hang_on_their_images(db, images, tmp_path):
    from aperturedb.PolygonDataCSV import PolygonDataCSV

    name, _ = images
    rows = [{"id": f"{name}-{n}", "polygon_id": f"{name}-{n}", "constraint_polygon_id": f"{name}-{n}",
             "_label": f"l{n % 2}", "polygons": f"[[[0, 0], [{n + 4}, 0], [{n + 4}, 6], [0, 6]]]"} for n in range(6)]
    path = write(tmp_path / "polygons.csv", rows)
    load(db, PolygonDataCSV(path))
    load(db, PolygonDataCSV(path))
    replies, _ = ask(db, [
        {"FindImage": {"_ref": 1, "constraints": {"key": ["==", name]}, "blobs": False}},
        {"FindPolygon": {"image_ref": 1, "labels": True, "areas": True, "results": {"list": ["polygon_id"]}}},
    ])
    assert {polygon["polygon_id"]: (polygon["_label"], polygon["_area"]) for polygon in replies[1]["entities"]} == {
        f"{name}-{n}": (f"l{n % 2}", (n + 4) * 6) for n in range(6)}


def test_updates_change_only_what_is_older(db, name, tmp_path):
    from aperturedb.EntityUpdateDataCSV import SingleEntityUpdateDataCSV

    def load_version(version, color, ids):
        rows = [{"skipped": 0, "id": n, "color": color, "version": version, "constraint_id": n,
                 "updateif_<version": version} for n in ids]
        run_sets(db, SingleEntityUpdateDataCSV(name, write(tmp_path / f"v{version}{color}.csv", rows)))

    def colors():
        reply = one(db, "FindEntity", {"with_class": name, "results": {"list": ["id", "color"]}})
        return {entity["id"]: entity["color"] for entity in reply["entities"]}

    load_version(2, "red", range(4))
    assert colors() == dict.fromkeys(range(4), "red")
    load_version(3, "green", range(2, 6))
    assert colors() == {0: "red", 1: "red", 2: "green", 3: "green", 4: "green", 5: "green"}
    load_version(1, "blue", range(7))
    assert colors() == {0: "red", 1: "red", 2: "green", 3: "green", 4: "green", 5: "green", 6: "blue"}


def test_images_get_new_properties_and_keep_their_blobs(db, images, tmp_path):
    from aperturedb.ImageDataCSV import ImageUpdateDataCSV

    name, paths = images
    rows = [{"filename": str(path), "id": f"{name}-{n}", "key": name, "version": 5, "constraint_id": f"{name}-{n}",
             "updateif_<version": 5} for n, path in enumerate(paths)]
    run_sets(db, ImageUpdateDataCSV(write(tmp_path / "update.csv", rows)))
    reply = one(db, "FindImage", {
        "constraints": {"key": ["==", name]}, "blobs": False, "results": {"list": ["version"]}})
    assert values(reply, "version") == [5] * 6


def test_a_changed_file_replaces_its_image_and_an_unchanged_one_does_not(db, name, tmp_path):
    from aperturedb.ImageDataCSV import ImageForceNewestDataCSV

    paths = files(tmp_path, 4)

    def load_files():
        rows = [{"filename": path.name, "id": f"{name}-{n}", "key": name, "constraint_id": f"{name}-{n}",
                 "gen_blobsha1_sha": "", "updateif_blobsha1_sha": ""} for n, path in enumerate(paths)]
        run_sets(db, ImageForceNewestDataCSV(write(tmp_path / "newest.csv", rows)), batch=4, threads=1)
        replies, blobs = ask(db, [{"FindImage": {
            "constraints": {"key": ["==", name]}, "uniqueids": True, "blobs": True,
            "results": {"list": ["id", "sha"]}}}])
        return {entity["id"]: (entity["_uniqueid"], blobs[entity["_blob_index"]], entity["sha"])
                for entity in replies[0]["entities"]}

    first = load_files()
    assert {key: value[2] for key, value in first.items()} == {
        f"{name}-{n}": hashlib.sha1(path.read_bytes()).hexdigest() for n, path in enumerate(paths)}
    paths[2].write_bytes(jpeg(picture(99)))
    second = load_files()
    assert len(second) == 4
    assert [first[f"{name}-{n}"] == second[f"{name}-{n}"] for n in range(4)] == [True, True, False, True]
    assert second[f"{name}-2"][1] == paths[2].read_bytes()


def test_sparse_adding_adds_what_is_not_there(db, images, tmp_path):
    from aperturedb.ImageDataCSV import ImageSparseAddDataCSV

    name, paths = images
    more = files(tmp_path, 3, seed=50)
    rows = [{"filename": str(path), "id": f"{name}-{n}", "key": name, "constraint_id": f"{name}-{n}"}
            for n, path in enumerate(paths + more)]
    run_sets(db, ImageSparseAddDataCSV(write(tmp_path / "sparse.csv", rows)), batch=3, threads=1)
    replies, blobs = ask(db, [{"FindImage": {
        "constraints": {"key": ["==", name]}, "blobs": True, "results": {"list": ["id"]}}}])
    assert sorted(values(replies[0], "id")) == sorted(f"{name}-{n}" for n in range(9))
    found = {entity["id"]: blobs[entity["_blob_index"]] for entity in replies[0]["entities"]}
    assert [found[f"{name}-{n}"] for n in (6, 7, 8)] == [path.read_bytes() for path in more]


def test_indexes_are_made_for_the_constraints(db, name, tmp_path):
    from aperturedb.EntityDataCSV import EntityDataCSV
    from aperturedb.Utils import Utils

    rows = [{"EntityClass": name, "id": n, "constraint_id": n} for n in range(3)]
    load(db, EntityDataCSV(write(tmp_path / "entities.csv", rows)))
    assert Utils(db).get_indexed_props(name) == ["id"]


def test_transformers_add_what_they_computed(db, name, tmp_path):
    from aperturedb.ImageDataCSV import ImageDataCSV
    from aperturedb.transformers.common_properties import CommonProperties
    from aperturedb.transformers.image_properties import ImageProperties

    paths = files(tmp_path, 3)
    rows = [{"filename": str(path), "key": name, "id": f"{name}-{n}"} for n, path in enumerate(paths)]
    data = ImageDataCSV(write(tmp_path / "images.csv", rows))
    data.sample_count = len(rows)
    staged = CommonProperties(ImageProperties(data, client=db), adb_data_source="here")
    load(db, staged)
    reply = one(db, "FindImage", {"constraints": {"key": ["==", name]}, "blobs": False, "results": {
        "list": ["adb_image_width", "adb_image_height", "adb_image_sha256", "adb_image_size", "adb_data_source"]}})
    sums = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    assert sorted(values(reply, "adb_image_sha256")) == sorted(sums)
    assert set(values(reply, "adb_image_width")) == {64} and set(values(reply, "adb_image_height")) == {48}
    assert set(values(reply, "adb_data_source")) == {"here"}


def test_a_generator_of_queries_gets_its_replies(db, name):
    from aperturedb.ParallelQuery import ParallelQuery
    from aperturedb.QueryGenerator import QueryGenerator

    ask(db, [{"AddEntity": {"class": name, "properties": {"n": n}}} for n in range(10)])

    class Questions(QueryGenerator):
        answers = {}

        def __len__(self):
            return 10

        def getitem(self, subscript):
            return [{"FindEntity": {"_ref": 1, "with_class": name, "constraints": {"n": ["<", subscript]},
                                    "results": {"count": True}}}], []

        def response_handler(self, query, blobs, response, response_blobs, index):
            self.answers[index] = response[0]["FindEntity"]["count"]

    questions = Questions()
    querier = ParallelQuery(db)
    querier.query(questions, batchsize=3, numthreads=2)
    assert querier.error_counter == 0 and questions.answers == {n: n for n in range(10)}
