"""What 0.4 and 0.5 connect by besides: REST, keys, verified host names, configurations, restarts."""

import itertools
import json

import clients
import pytest
import servers
from pictures import picture, png
from replies import ask, one, refused


NUMBERS = itertools.count(1000)


def works(client, name):
    """Whether what the connector adds is what it finds."""
    number = next(NUMBERS)
    one(client, "AddEntity", {"class": name, "properties": {"n": number}})
    reply = one(client, "FindEntity", {"with_class": name, "constraints": {"n": ["==", number]},
                                       "results": {"list": ["n"]}})
    return reply["entities"] == [{"n": number}]


@pytest.mark.parametrize("tls", [False, True], ids=["HTTP", "HTTPS"])
def test_rest_adds_and_finds_with_blobs(server, name, tls):
    client = clients.rest(server, password=server.password, tls=tls)
    files = [png(picture(n)) for n in range(2)]
    ask(client, [{"AddImage": {"properties": {"key": name, "n": n}}} for n in range(2)], files)
    replies, blobs = ask(client, [{"FindImage": {
        "constraints": {"key": ["==", name]}, "blobs": True, "results": {"list": ["n"]}}}])
    assert {entity["n"]: blobs[entity["_blob_index"]] for entity in replies[0]["entities"]} == dict(enumerate(files))


def test_rest_and_tcp_see_the_same(server, db, name):
    client = clients.rest(server)
    one(db, "AddEntity", {"class": name, "properties": {"n": 7}})
    find = [{"FindEntity": {"with_class": name, "results": {"list": ["n"]}}}]
    assert client.query(find) == db.query(find) and client.query(find)[0][0]["FindEntity"]["entities"] == [{"n": 7}]
    assert client.query([{"BadCommand": {}}])[0] == db.query([{"BadCommand": {}}])[0]


def test_rest_refuses_a_wrong_password(server):
    with pytest.raises(Exception):
        clients.rest(server, password="wrong").query([{"GetStatus": {}}])


def test_rest_answers_errors_with_200(server):
    assert refused(clients.rest(server), [{"BadCommand": {}}])["status"] < 0


def test_rest_renews_a_session_that_ended(server, name):
    client = clients.rest(server)
    one(client, "GetStatus", {})
    session = client.shared_data.session
    session.session_started -= session.session_token_ttl
    assert works(client, name)
    assert client.shared_data.session.session_token != session.session_token


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("connector", [clients.aperture, clients.rest], ids=["TCP", "REST"])
def test_the_host_name_is_verified_by_the_authority_of_the_store(server, name, host, connector, monkeypatch):
    monkeypatch.setattr(server, "host", host)
    assert works(connector(server), name)


def test_without_the_authority_the_certificate_is_not_trusted(server):
    client = clients.aperture(server, ca_cert=None)
    with pytest.raises(AssertionError, match="Certificate verification failed"):
        client.query([{"GetStatus": {}}])


def test_verification_can_be_turned_off(server, name):
    assert works(clients.aperture(server, ca_cert=None, verify_hostname=False), name)


@pytest.mark.parametrize("use_rest", [False, True], ids=["TCP", "REST"])
@pytest.mark.parametrize("by_token", [False, True], ids=["password", "token"])
def test_a_key_holds_all_that_a_connector_needs(server, db, name, use_rest, by_token, monkeypatch):
    from aperturedb.CommonLibrary import create_connector
    from aperturedb.Configuration import Configuration

    token = None
    if by_token:
        token = one(db, "GenerateToken", {})["token"]
        one(db, "CreateUser", {"username": "user" + name, "roles": ["admin"]})
        one(db, "UpdateUser", {"username": "user" + name, "add_tokens": [token]})
    key = Configuration.create_aperturedb_key(
        host="localhost", port=server.port("https") if use_rest else server.wire, token_string=token,
        use_rest=use_rest, use_ssl=True, ca_cert=server.ca, username=server.user, password=server.password)
    monkeypatch.setenv("APERTUREDB_KEY", key)
    assert works(create_connector(), name)


def test_a_configuration_in_json_connects(server, name, monkeypatch):
    from aperturedb.CommonLibrary import create_connector

    monkeypatch.delenv("APERTUREDB_KEY", raising=False)
    monkeypatch.setenv("APERTUREDB_JSON", json.dumps({
        "host": "localhost", "port": server.wire, "username": server.user, "password": server.password,
        "ca_cert": server.ca}))
    assert works(create_connector(), name)


@pytest.mark.skipif(not clients.HAS_EXPRESSIONS, reason="came with 0.5")
def test_a_session_the_server_does_not_know_is_renewed_and_the_query_sent_again(server, name):
    client = clients.aperture(server)
    one(client, "AddEntity", {"class": name, "properties": {"n": 1}})
    client.shared_data.session.session_token = "adbs_forged"
    assert works(client, name)
    assert client.shared_data.session.session_token != "adbs_forged"


def test_a_session_survives_a_restart_of_the_server_or_is_renewed(stores, name):
    store = stores.new()
    first = servers.start(store)
    client = clients.aperture(first)
    ask(client, [{"AddEntity": {"class": name, "properties": {"n": n}}} for n in range(3)])
    first.stop()
    second = servers.start(store)
    client.port = client.config.port = second.wire
    try:
        reply, _ = client.query([{"FindEntity": {"with_class": name, "results": {"count": True}}}])
        if clients.HAS_EXPRESSIONS or isinstance(reply, list):
            assert reply[0]["FindEntity"]["count"] == 3
        else:
            assert reply["info"] == "Not Authenticated!", "0.4 asks again only when its session is old"
    finally:
        second.stop()


def test_queries_go_on_after_the_connection_broke(server, name):
    client = clients.aperture(server)
    one(client, "AddEntity", {"class": name, "properties": {"n": 1}})
    client.conn.close()
    assert works(client, name)


def test_a_pool_of_connections_serves_many(server, name):
    from aperturedb.ConnectionPool import ConnectionPool

    pool = ConnectionPool(pool_size=3, connection_factory=lambda: clients.aperture(server))
    for number in range(6):
        with pool.get_connection() as client:
            one(client, "AddEntity", {"class": name, "properties": {"n": number}})
    with pool.get_connection() as client:
        assert one(client, "FindEntity", {"with_class": name, "results": {"count": True}})["count"] == 6
