"""VDMS's own client: plain, over TLS, many at once, from a role that is off."""

import ssl
import threading

import clients
import numpy as np
import pytest
import servers
from certificates import authority, signed
from pictures import decoded, picture, png
from replies import ask, one, refused_vdms


def test_a_plain_connection_adds_and_finds(server, name):
    client = clients.vdms(server)
    one(client, "AddEntity", {"class": name, "properties": {"n": 41}})
    assert one(client, "FindEntity", {"class": name, "results": {"list": ["n"]}})["entities"] == [{"n": 41}]
    assert client.get_last_response()[0]["FindEntity"]["returned"] == 1
    assert client.disconnect()


def test_tls_verified_by_the_authority_of_the_store(server, name):
    client = clients.vdms(server, use_tls=True, ca_cert_file=server.ca)
    assert client.conn.version() in ("TLSv1.2", "TLSv1.3")
    one(client, "AddEntity", {"class": name, "properties": {"n": 42}})
    plain = clients.vdms(server)
    assert one(plain, "FindEntity", {"class": name, "results": {"list": ["n"]}})["entities"] == [{"n": 42}]


def test_tls_without_the_authority_is_not_trusted(server):
    import vdms as package
    with pytest.raises(ssl.SSLCertVerificationError):
        package.vdms(use_tls=True).connect("localhost", server.wire)


def test_own_certificates_and_a_client_that_must_show_one(stores, tmp_path, name):
    ours, others = authority(tmp_path, "ours"), authority(tmp_path, "others")
    certificate, key = signed(tmp_path, "server", by=ours)
    running = servers.start(stores.new(), "--anonymous-role", "admin", "--tls-cert", certificate, "--tls-key", key,
                            "--tls-client-ca", ours[0])
    try:
        mine, mine_key = signed(tmp_path, "mine", by=ours)
        client = clients.vdms(running, use_tls=True, ca_cert_file=str(ours[0]), client_cert_file=str(mine),
                              client_key_file=str(mine_key))
        one(client, "AddEntity", {"class": name, "properties": {"n": 43}})
        assert one(client, "FindEntity", {"class": name, "results": {"list": ["n"]}})["entities"] == [{"n": 43}]
        strange, strange_key = signed(tmp_path, "strange", by=others)
        for more in ({}, {"client_cert_file": str(strange), "client_key_file": str(strange_key)}):
            with pytest.raises(Exception):
                one(clients.vdms(running, use_tls=True, ca_cert_file=str(ours[0]), **more), "FindEntity",
                    {"class": name, "results": {"count": ""}})
    finally:
        running.stop()


def test_files_of_the_server_are_read_below_its_folder_only(stores, tmp_path, name):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.png").write_bytes(png(picture(6)))
    (tmp_path / "secret").write_bytes(b"secret")
    (folder / "out").symlink_to(tmp_path / "secret")
    running = servers.start(stores.new(), "--anonymous-role", "admin", "--server-files", folder)
    try:
        client = clients.vdms(running)
        one(client, "AddImage", {"from_file_path": "a.png", "format": "png", "properties": {"key": name}})
        one(client, "AddBlob", {"from_file_path": "a.png", "properties": {"key": name}})
        _, blobs = ask(client, [
            {"FindImage": {"constraints": {"key": ["==", name]}}},
            {"FindBlob": {"constraints": {"key": ["==", name]}, "results": {"blob": True}}}])
        assert np.array_equal(decoded(blobs[0]), picture(6)) and blobs[1] == png(picture(6))
        for path in ("../secret", str(tmp_path / "secret"), "out", "missing.png", "/etc/hostname"):
            refused_vdms(client, [{"AddBlob": {"from_file_path": path, "properties": {"key": name}}}])
    finally:
        running.stop()


def test_a_blob_of_megabytes_goes_there_and_back(server, name):
    payload = bytes(range(251)) * 40_000
    client = clients.vdms(server)
    ask(client, [{"AddBlob": {"properties": {"key": name}}}], [payload])
    replies, blobs = ask(client, [{"FindBlob": {"constraints": {"key": ["==", name]}, "results": {"blob": True}}}])
    assert blobs == [payload]


def test_thirty_two_clients_are_served_side_by_side(server, name):
    failures = []

    def work(number):
        try:
            client = clients.vdms(server)
            for step in range(5):
                one(client, "AddEntity", {"class": name, "properties": {"n": number * 5 + step}})
        except Exception as error:  # whatever it is, the test has to say it
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    reply = one(clients.vdms(server), "FindEntity", {"class": name, "results": {"list": ["n"], "sort": "n"}})
    assert [entity["n"] for entity in reply["entities"]] == list(range(160))


def test_a_list_of_lists_of_blobs_is_one_list(server, name):
    client = clients.vdms(server)
    ask(client, [{"AddBlob": {"properties": {"key": name, "n": n}}} for n in range(3)], [[b"a", b"b"], b"c"])
    replies, blobs = ask(client, [{"FindBlob": {
        "constraints": {"key": ["==", name]}, "results": {"list": ["n"], "sort": "n", "blob": True}}}])
    assert blobs == [b"a", b"b", b"c"]


def test_what_was_added_is_there_after_a_restart(stores, name):
    store = stores.new()
    first = servers.start(store, "--anonymous-role", "admin")
    one(clients.vdms(first), "AddEntity", {"class": name, "properties": {"n": 5}})
    first.stop()
    second = servers.start(store, "--anonymous-role", "admin")
    try:
        reply = one(clients.vdms(second), "FindEntity", {"class": name, "results": {"list": ["n"]}})
        assert reply["entities"] == [{"n": 5}]
    finally:
        second.stop()


def test_without_a_role_for_the_anonymous_nothing_is_answered(stores, name):
    running = servers.start(stores.new())
    try:
        client = clients.vdms(running)
        try:
            reply, blobs = client.query([{"AddEntity": {"class": name, "properties": {"n": 1}}}])
        except Exception:
            return  # the connection was closed, which is an answer too
        assert reply is None or reply[0].get("AddEntity", reply[0])["status"] < 0
    finally:
        running.stop()
