"""The SPARQL helper of aperturedb, which turns graph patterns into chains of Find commands."""

import clients
import numpy as np
import pytest
import servers
from pictures import picture, png, squared_distances, vectors
from replies import ask, one

ROWS = vectors(seed=31, count=6, dimensions=8)
PEOPLE = {"Ana": [0, 1], "Bo": [1, 2], "Cy": []}
BANDS = {"Duo": [0, 2], "Solo": [1]}


@pytest.fixture(scope="module")
def sparql(stores):
    """People on pictures with descriptors, and the helper that asks for them."""
    from aperturedb.SPARQL import SPARQL

    running = servers.start(stores.new())
    client = clients.aperture(running)
    if not servers.is_fake():
        one(client, "AddDescriptorSet", {"name": "looks", "dimensions": 8, "metric": "L2", "engine": "HNSW"})
        commands, blobs = [], []
        for n, row in enumerate(ROWS):
            commands += [{"AddImage": {"_ref": n + 1, "properties": {"number": n}}},
                         {"AddDescriptor": {"set": "looks", "_ref": 100 + n, "properties": {"row": n}}},
                         {"AddConnection": {"class": "has_look", "src": n + 1, "dst": 100 + n}}]
            blobs += [png(picture(n)), row.tobytes()]
        for place, (name, numbers) in enumerate(PEOPLE.items()):
            commands.append({"AddEntity": {"_ref": 50 + place, "class": "Person", "properties": {"name": name}}})
            commands += [{"AddConnection": {"class": "on", "src": 50 + place, "dst": n + 1}} for n in numbers]
        for place, (title, members) in enumerate(BANDS.items()):
            commands.append({"AddEntity": {"_ref": 70 + place, "class": "Band", "properties": {"title": title}}})
            commands += [{"AddConnection": {"class": "has_member", "src": 70 + place, "dst": 50 + n}} for n in members]
        ask(client, commands, blobs)
    yield SPARQL(client)
    running.stop()


def rows(sparql, text):
    return sorted(tuple(cell.toPython() for cell in row) for row in sparql.query(text))


def short(uri):
    """The name of an object with a prefix, which is what newer versions of rdflib let pass."""
    return ":".join(str(uri).rsplit("/", 2)[1:])


def test_a_property_is_bound(sparql):
    found = rows(sparql, "SELECT ?name WHERE { ?person p:name ?name }")
    assert found == [(name,) for name in sorted(PEOPLE)]


def test_a_connection_joins(sparql):
    found = rows(sparql, "SELECT ?name ?number WHERE { ?x p:name ?name . ?x c:on ?image . ?image p:number ?number }")
    assert found == sorted((name, n) for name, numbers in PEOPLE.items() for n in numbers)


def test_a_literal_narrows(sparql):
    found = rows(sparql, 'SELECT ?number WHERE { ?x p:name "Bo" . ?x c:on ?image . ?image p:number ?number }')
    assert found == [(1,), (2,)]


def test_a_chain_of_three_joins_and_filters(sparql):
    # One whose middle comes before its ends in the alphabet of commands would need both ends of one Find to be
    # grouped by, which no reply can say.
    found = rows(sparql, """SELECT ?title ?number WHERE {
        ?band p:title ?title . ?band c:has_member ?x . ?x c:on ?image . ?image p:number ?number .
        FILTER(?number > 0) }""")
    assert found == [("Duo", 1), ("Solo", 1), ("Solo", 2)]


def test_a_type_alone_binds_all_of_it(sparql):
    found = list(sparql.query("SELECT ?image WHERE { ?image a t:adb_Image }"))
    assert len({image for image, in found}) == len(ROWS)


def test_rdflib_counts_and_orders_what_came(sparql):
    found = list(sparql.query("""SELECT ?name (COUNT(?image) AS ?many) WHERE {
        ?x p:name ?name . ?x c:on ?image } GROUP BY ?name ORDER BY DESC(?name)"""))
    assert [(str(name), many.toPython()) for name, many in found] == [("Bo", 2), ("Ana", 2)]


def test_a_table_of_pandas(sparql):
    result = sparql.query("SELECT ?name WHERE { ?person p:name ?name }")
    assert sorted(sparql.to_dataframe(result)["name"]) == sorted(PEOPLE)


def test_pictures_and_descriptors_of_what_was_found(sparql):
    result = list(sparql.query(
        'SELECT ?image ?number WHERE { ?x p:name "Ana" . ?x c:on ?image . ?image p:number ?number }'))
    names = [short(image) for image, _ in result]
    for pixels, (_, number) in zip(sparql.get_images(names), result, strict=True):
        assert np.array_equal(pixels, picture(number.toPython()))
    assert np.array_equal(sparql.get_image(names[0]), picture(result[0][1].toPython()))
    look, row = next(iter(sparql.query("SELECT ?look ?row WHERE { ?look p:row ?row }")))
    assert np.array_equal(sparql.get_descriptor(short(look)), ROWS[row.toPython()])


def test_nearest_neighbours(sparql):
    vector = sparql.encode_descriptor(ROWS[4])
    found = rows(sparql, f"""SELECT ?row WHERE {{
        ?look knn:similarTo [ knn:set "looks" ; knn:k_neighbors 3 ; knn:vector "{vector}" ] . ?look p:row ?row }}""")
    assert found == sorted((int(n),) for n in np.argsort(squared_distances(ROWS, ROWS[4]))[:3])
