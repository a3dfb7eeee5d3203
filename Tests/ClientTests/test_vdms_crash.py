"""kill -9 in the middle of 1,000 mixed queries: what was answered is there, and nothing is there by half."""

import random
import signal
import struct
import threading

import numpy
import pytest

import clients
import servers

QUERIES = 1_000
THREADS = 4


def query(number):
    """An entity, an image's worth of relations to it, and a vector, all of one number."""
    return [
        {"AddEntity": {"_ref": 1, "class": "Left", "properties": {"number": number}}},
        {"AddEntity": {"_ref": 2, "class": "Right", "properties": {"number": number}}},
        {"AddConnection": {"class": "pair", "ref1": 1, "ref2": 2, "properties": {"number": number}}},
        {"AddDescriptor": {"set": "numbers", "label": str(number), "properties": {"number": number}}},
    ]


def vector(number):
    return numpy.array([number, number * 2, 1], dtype="float32").tobytes()


def add(server, numbers, answered):
    """Puts queries in until there are none left or the server is gone."""
    try:
        client = clients.vdms(server)
        for number in numbers:
            reply, _ = client.query(query(number), [[vector(number)]])
            assert all(list(one.values())[0]["status"] == 0 for one in reply), reply
            answered.append(number)
    except (OSError, AttributeError, TypeError, ValueError, struct.error):
        # The server was killed: the client says so in one of these ways.
        pass


def numbers_of(client, command, name):
    reply, _ = client.query([{command: {"class": name, "results": {"list": ["number"]}}}])
    (answer,) = reply[0].values()
    return sorted(one["number"] for one in answer.get("entities", answer.get("connections", [])))


@pytest.mark.parametrize("seed", range(3))
def test_nothing_that_was_answered_is_lost_and_nothing_is_kept_by_half(stores, seed):
    store = stores.new()
    server = servers.start(store, "--anonymous-role", "admin")
    clients.vdms(server).query([{"AddDescriptorSet": {"name": "numbers", "dimensions": 3}}])
    answered = [[] for _ in range(THREADS)]
    threads = [
        threading.Thread(target=add, args=(server, range(first, QUERIES, THREADS), answered[first]))
        for first in range(THREADS)
    ]
    moment = random.Random(seed).uniform(0.1, 2.0)
    killing = threading.Timer(moment, lambda: server.process.send_signal(signal.SIGKILL))
    killing.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    killing.join()
    server.process.wait(timeout=60)

    again = servers.start(store, "--anonymous-role", "admin")
    try:
        client = clients.vdms(again)
        left = numbers_of(client, "FindEntity", "Left")
        acknowledged = sorted(number for one in answered for number in one)
        assert set(acknowledged) <= set(left)
        assert numbers_of(client, "FindEntity", "Right") == left
        assert numbers_of(client, "FindConnection", "pair") == left
        found, _ = client.query([
            {"FindDescriptor": {"set": "numbers", "results": {"list": ["number"], "blob": True}}}])
        entities = found[0]["FindDescriptor"].get("entities", [])
        assert sorted(one["number"] for one in entities) == left
        for number in left[-3:]:
            near, _ = client.query(
                [{"FindDescriptor": {"set": "numbers", "k_neighbors": 1, "results": {"list": ["number"]}}}],
                [[vector(number)]])
            assert near[0]["FindDescriptor"]["entities"] == [{"number": number}]
        reply, _ = client.query(query(QUERIES), [[vector(QUERIES)]])
        assert all(list(one.values())[0]["status"] == 0 for one in reply), reply
    finally:
        again.stop()
    assert servers.fovea("verify", "--store", store).returncode == 0
