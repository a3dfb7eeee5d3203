"""aperturedb's connector over TCP: plain, over TLS, its sessions, many at once, a server that restarts."""

import threading
import time

import clients
import pytest
import servers
from replies import ask, one, refused, values


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_a_connector_adds_and_finds(server, name, tls):
    client = clients.aperture(server, password=server.password, tls=tls)
    one(client, "AddEntity", {"class": name, "properties": {"n": 41}})
    assert one(client, "FindEntity", {"with_class": name, "results": {"list": ["n"]}})["entities"] == [{"n": 41}]
    assert client.last_query_ok() and "FindEntity" in client.get_last_response_str()
    assert client.get_last_query_time() > 0


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_blobs_of_megabytes_go_there_and_back(server, name, tls):
    client = clients.aperture(server, tls=tls)
    payloads = [bytes([n]) * (n * 1_000_000 + 1) for n in range(4)]
    ask(client, [{"AddBlob": {"properties": {"key": name, "n": n}}} for n in range(4)], payloads)
    replies, blobs = ask(client, [{"FindBlob": {
        "constraints": {"key": ["==", name]}, "blobs": True, "results": {"list": ["n"]}}}])
    assert {entity["n"]: blobs[entity["_blob_index"]] for entity in replies[0]["entities"]} == dict(enumerate(payloads))


def session_of(client):
    return client.session if clients.IS_DECK_AGE else client.shared_data.session


def test_a_session_has_two_tokens_and_the_time_that_they_last(server):
    client = clients.aperture(server)
    one(client, "GetStatus", {})
    session = session_of(client)
    assert session.session_token.startswith("adbs_") and session.refresh_token.startswith("adbr_")
    assert session.session_token != session.refresh_token
    assert session.session_token_ttl > 60 and session.refresh_token_ttl >= session.session_token_ttl
    other = clients.aperture(server)
    one(other, "GetStatus", {})
    assert session_of(other).session_token != session.session_token, "no two sessions are alike"


def test_a_session_near_its_end_is_refreshed(server, name):
    client = clients.aperture(server)
    one(client, "GetStatus", {})
    session = session_of(client)
    session.session_started = time.time() - session.session_token_ttl - 1
    one(client, "AddEntity", {"class": name, "properties": {"n": 1}})
    assert session_of(client).session_token != session.session_token
    assert session_of(client).valid()


def status_of(reply, command):
    return reply["status"] if isinstance(reply, dict) else reply[0][command]["status"]


def test_a_refresh_token_serves_once(server):
    client = clients.aperture(server)
    one(client, "GetStatus", {})
    for token, works in [(session_of(client).refresh_token, True), (session_of(client).refresh_token, False),
                         ("adbr_" + "x" * 43, False)]:
        reply, _ = client._query([{"RefreshToken": {"refresh_token": token}}])
        assert (status_of(reply, "RefreshToken") == 0) == works


@pytest.mark.parametrize("token", ["adbs_forged", "", "adbs_" + "0" * 43])
def test_a_token_that_was_never_given_is_told_so_in_the_words_that_clients_know(server, token):
    client = clients.aperture(server)
    one(client, "GetStatus", {})
    session_of(client).session_token = token
    reply, blobs = client._query([{"GetSchema": {}}])
    assert reply["status"] == -1 and blobs == []
    assert reply["info"] == "Not Authenticated!" and reply["code"] == "unauthenticated"


def test_clones_share_the_session(server, name):
    client = clients.aperture(server)
    one(client, "AddEntity", {"class": name, "properties": {"n": 1}})
    clone = client.create_new_connection()
    one(clone, "AddEntity", {"class": name, "properties": {"n": 2}})
    assert one(client, "FindEntity", {"with_class": name, "results": {"count": True}})["count"] == 2
    assert session_of(clone).session_token == session_of(client).session_token


def test_thirty_two_connections_are_served_side_by_side(server, name):
    first = clients.aperture(server)
    one(first, "GetStatus", {})
    failures = []

    def work(number):
        try:
            client = first.create_new_connection()
            ask(client, [{"AddEntity": {"class": name, "properties": {"n": number * 5 + step}}} for step in range(5)])
        except Exception as error:  # whatever it is, the test has to say it
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    reply = one(first, "FindEntity", {"with_class": name, "results": {"list": ["n"], "sort": "n"}})
    assert values(reply, "n") == list(range(160))


def test_what_was_added_is_there_after_a_restart(stores, name):
    store = stores.new()
    first = servers.start(store)
    one(clients.aperture(first), "AddEntity", {"class": name, "properties": {"n": 5}})
    first.stop()
    second = servers.start(store)
    try:
        reply = one(clients.aperture(second), "FindEntity", {"with_class": name, "results": {"list": ["n"]}})
        assert reply["entities"] == [{"n": 5}]
    finally:
        second.stop()


def test_ten_wrong_passwords_do_not_lock_out_who_is_logged_in(server, name):
    client = clients.aperture(server)
    one(client, "GetStatus", {})
    for _ in range(3):
        with pytest.raises(Exception):
            clients.aperture(server, user="someone", password="wrong").query([{"GetStatus": {}}])
    assert one(client, "FindEntity", {"with_class": name, "results": {"count": True}})["count"] == 0


def test_what_fails_as_a_whole_is_a_dictionary(server, name):
    client = clients.aperture(server)
    assert refused(client, [{"BadCommand": {}}])["status"] < 0
    assert client.check_status(client.get_response()) < 0
