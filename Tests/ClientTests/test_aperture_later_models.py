"""The object layer of aperturedb 0.4 and 0.5: data models, Entities, Descriptors, Polygons, Blobs, boxes."""

from typing import ClassVar, List

import clients
import numpy as np
import pytest
from aperturedb.Constraints import Constraints
from aperturedb.DataModels import (
    BoundingBoxDataModel, DescriptorDataModel, DescriptorSetDataModel, IdentityDataModel, ImageDataModel)
from aperturedb.Descriptors import Descriptors
from aperturedb.Entities import Entities
from aperturedb.Images import Images
from aperturedb.Polygons import Polygons
from aperturedb.Query import ObjectType, Query, generate_add_query
from pictures import cosines, picture, png, squared_distances, vectors
from replies import ask, one, values


RETRIEVES = pytest.mark.skipif(
    not clients.HAS_EXPRESSIONS, reason="Entities.retrieve of 0.4.61 sends the pair of commands and blobs as the query")


class Visit(IdentityDataModel):
    """A visit to a place, with pictures of it."""
    place: str
    year: int
    pictures: List[ImageDataModel] = []


class Traveller(IdentityDataModel):
    """Somebody and where they went."""
    name: str
    visits: List[Visit] = []
    kind: ClassVar[str] = "traveller"


def test_models_become_entities_images_and_connections(db, name, tmp_path):
    paths = [tmp_path / f"{n}.png" for n in range(2)]
    for n, path in enumerate(paths):
        path.write_bytes(png(picture(n)))
    traveller = Traveller(name=name, visits=[
        Visit(place="Ulm", year=1999, pictures=[ImageDataModel(url=str(path)) for path in paths]),
        Visit(place="Lima", year=2003)])
    query, blobs, _ = generate_add_query(traveller)
    ask(db, query, blobs)
    replies, found = ask(db, [
        {"FindEntity": {"_ref": 1, "with_class": "Traveller", "constraints": {"name": ["==", name]}}},
        {"FindEntity": {"_ref": 2, "with_class": "Visit", "is_connected_to": {"ref": 1, "direction": "out"},
                        "results": {"list": ["place", "year"]}}},
        {"FindImage": {"is_connected_to": {"ref": 2, "connection_class": "ImageDataModel"}, "blobs": True}},
    ])
    assert sorted(zip(values(replies[1], "place"), values(replies[1], "year"))) == [("Lima", 2003), ("Ulm", 1999)]
    assert sorted(found) == sorted(path.read_bytes() for path in paths)
    assert {reply["status"] for reply in ask(db, *generate_add_query(traveller)[:2])[0]} <= {0, 2}


def test_models_of_descriptors_fill_their_set(db, name):
    rows = vectors(seed=7, count=3, dimensions=4)
    of_set = DescriptorSetDataModel(name=name, dimensions=4)
    query, blobs, _ = generate_add_query(of_set)
    ask(db, query, blobs)
    for row in rows:
        descriptor = DescriptorDataModel(vector=row.tolist(), set=of_set)
        query, blobs, _ = generate_add_query(descriptor, cached=[of_set.id])
        ask(db, [command for command in query if "AddDescriptor" in command], blobs)
    reply = one(db, "FindDescriptorSet", {"with_name": name, "counts": True})
    assert reply["entities"][0]["_count"] == 3
    assert BoundingBoxDataModel.type == ObjectType.BOUNDING_BOX


@pytest.fixture
def shelf(db, name):
    """Two shelves with three books each; gives the classes."""
    ask(db, [
        *({"AddEntity": {"_ref": s + 1, "class": "Shelf" + name, "properties": {"number": s}}} for s in range(2)),
        *({"AddEntity": {"class": "Book" + name, "properties": {"title": f"{s}{b}", "pages": 10 * b},
                         "connect": {"ref": s + 1, "class": "stands"}}} for s in range(2) for b in range(3)),
    ])
    return "Shelf" + name, "Book" + name


@RETRIEVES
def test_entities_are_retrieved_with_all_properties(db, shelf):
    books = Entities.retrieve(db, Query.spec(with_class=shelf[1], constraints=Constraints().greater("pages", 5)))
    assert sorted(book["title"] for book in books) == ["01", "02", "11", "12"]
    assert set(books[0]) >= {"title", "pages", "_uniqueid"}
    assert sorted(books.sort(key=lambda book: book["title"])[0]["title"] for _ in range(1)) == ["01"]


@RETRIEVES
def test_neighbours_of_retrieved_images(db, name):
    ask(db, [
        *({"AddImage": {"_ref": n + 1, "properties": {"key": name, "n": n}}} for n in range(2)),
        *({"AddEntity": {"class": "Note" + name, "properties": {"text": f"{n}{m}"},
                         "connect": {"ref": n + 1, "class": "about"}}} for n in range(2) for m in range(3)),
    ], [png(picture(n)) for n in range(2)])
    images = Images.retrieve(db, Query.spec(constraints=Constraints().equal("key", name)))
    for image, notes in zip(images, images.get_connected_entities("Note" + name), strict=True):
        assert sorted(note["text"] for note in notes) == [f"{image['n']}{m}" for m in range(3)]


@RETRIEVES
def test_entities_are_retrieved_through_their_neighbours(db, shelf):
    books = Entities.retrieve(
        db, spec=Query.spec(with_class=shelf[1]),
        with_adjacent={"shelf": Query.spec(with_class=shelf[0], constraints=Constraints().equal("number", 1))})
    assert sorted(book["title"] for book in books) == ["10", "11", "12"]


@RETRIEVES
def test_properties_of_retrieved_entities_are_updated(db, shelf):
    books = Entities.retrieve(db, Query.spec(with_class=shelf[1], constraints=Constraints().equal("title", "02")))
    books.update_properties([{"lent": True}])
    reply = one(db, "FindEntity", {
        "with_class": shelf[1], "constraints": {"lent": ["==", True]}, "results": {"list": ["title"]}})
    assert values(reply, "title") == ["02"]


@RETRIEVES
def test_images_are_retrieved_with_their_blobs(db, name):
    ask(db, [{"AddImage": {"properties": {"key": name, "n": n}}} for n in range(3)],
        [png(picture(n)) for n in range(3)])
    images = Images.retrieve(db, Query.spec(constraints=Constraints().equal("key", name)))
    for image in images:
        assert images.get_blob(image) == png(picture(image["n"]))


ROWS = vectors(seed=9, count=30, dimensions=12)


@pytest.fixture
def looks(db, name):
    one(db, "AddDescriptorSet", {"name": name, "dimensions": 12, "metric": ["CS", "L2"], "engine": "HNSW"})
    ask(db, [{"AddDescriptor": {"set": name, "properties": {"row": n}}} for n in range(len(ROWS))],
        [row.tobytes() for row in ROWS])
    return name


def test_similar_descriptors(db, looks):
    found = Descriptors(db)
    found.find_similar(looks, ROWS[3], 5, distances=True, blobs=True, constraints=Constraints().less("row", 20))
    order = [n for n in np.argsort(-cosines(ROWS, ROWS[3])) if n < 20][:5]
    assert [entity["row"] for entity in found] == order
    assert all(np.array_equal(entity["vector"], ROWS[entity["row"]]) for entity in found)
    assert [entity["_distance"] for entity in found] == pytest.approx(cosines(ROWS, ROWS[3])[order].tolist(), abs=1e-3)


def test_similar_but_not_alike_descriptors(db, looks):
    found = Descriptors(db)
    found.find_similar_mmr(looks, ROWS[3], 4, 12, lambda_mult=1.0)
    assert found.metric == "CS"
    assert [entity["row"] for entity in found] == np.argsort(-cosines(ROWS, ROWS[3]))[:4].tolist()
    found.find_similar_mmr(looks, ROWS[3], 4, 12, lambda_mult=0.2)
    assert found[0]["row"] == 3 and len(found) == 4
    assert squared_distances(ROWS, ROWS[3])[3] == 0


@RETRIEVES
def test_polygons_that_overlap(db, name):
    rings = [[[0, 0], [10, 0], [10, 10], [0, 10]], [[0, 0], [10, 0], [10, 9], [0, 9]], [[40, 40], [45, 40], [45, 45]]]
    ask(db, [
        {"AddImage": {"_ref": 1, "properties": {"key": name}}},
        *({"AddPolygon": {"image_ref": 1, "polygons": [ring], "properties": {"key": name, "ann_id": n}}}
          for n, ring in enumerate(rings)),
    ], [png(picture(1))])

    def polygons(*numbers):
        return Polygons.retrieve(db, Query.spec(
            constraints=Constraints().equal("key", name).is_in("ann_id", list(numbers))))

    assert sorted(polygons(0).intersection(polygons(1, 2), 0.8)) == [0, 1]
    assert polygons(0).intersection(polygons(1, 2), 0.95) == []
