"""Many connections that each send a query of VDMS's dialect and wait for its answer: frames_load.py PORT.

A round is told how many seconds it lasts and what share of the queries adds an entity. One process drives all
connections through epoll with frames that were made beforehand, so that it takes little of the machine.
"""

import json
import random
import select
import socket
import struct
import sys
import time

from rounds import answer

CONNECTIONS, ENTITIES, FRAMES = 32, 10_000, 20_000
CLASS = "Item"


def frame(commands):
    """A frame of the query port: a length, and protobuf whose field 1 is the JSON."""
    text, size = json.dumps(commands).encode(), bytearray()
    count = len(text)
    while count > 127:
        size.append(count & 127 | 128)
        count >>= 7
    size.append(count)
    message = b"\x0a" + bytes(size) + text
    return struct.pack("<I", len(message)) + message


def item(key):
    return {"key": key, "name": f"item {key:08}", "size": key * 7 % 1_000}


def search(key):
    return frame([{"FindEntity": {"class": CLASS, "constraints": {"key": ["==", key]},
                                  "results": {"list": ["name", "size"]}}}])


def addition(key):
    return frame([{"AddEntity": {"class": CLASS, "properties": item(key)}}])


class Connection:
    __slots__ = ("socket", "begin", "received", "asked")

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""


class Load:
    def __init__(self, port):
        self.connections = {}
        for _ in range(CONNECTIONS):
            connection = Connection(port)
            self.connections[connection.socket.fileno()] = connection
        self.random = random.Random(5)
        self.searches = [(key, search(key)) for key in (self.random.randrange(ENTITIES) for _ in range(FRAMES))]
        self.next_key = ENTITIES
        self.wrong = 0

    def fill(self):
        """Adds the entities, over one connection."""
        connection = next(iter(self.connections.values()))
        for start in range(0, ENTITIES, 1_000):
            connection.socket.sendall(frame(
                [{"AddEntity": {"class": CLASS, "properties": item(key)}} for key in range(start, start + 1_000)]))
            self.finish(connection)
            if b'"FailedCommand"' in connection.received:
                raise ValueError(connection.received[:300])
            connection.received = b""

    def finish(self, connection):
        while not whole(connection.received):
            connection.received += connection.socket.recv(1 << 20)

    def round(self, seconds, share):
        """`share` of 1,000 queries add an entity."""
        # More than can be answered; when they are used up, only searches are sent.
        count = int(seconds * 25_000 * share / 1_000)
        additions = [addition(self.next_key + place) for place in range(count)]
        self.next_key += count
        adds = [self.random.randrange(1_000) < share for _ in self.searches]
        poll, latencies, added, place, searches = select.epoll(), [], [], 0, self.searches
        clock, total = time.perf_counter, len(searches)

        def send(connection):
            nonlocal place
            key, data = searches[place]
            if adds[place] and additions:
                key, data = None, additions.pop()
            place = place + 1 if place + 1 < total else 0
            connection.asked, connection.begin = key, clock()
            connection.socket.send(data)

        cpu, begin = time.process_time(), clock()
        for number, connection in self.connections.items():
            poll.register(number, select.EPOLLIN)
            send(connection)
        end, now = begin + seconds, begin
        while now < end:
            for number, _ in poll.poll(1):
                connection = self.connections[number]
                reply = connection.socket.recv(65_536)
                if connection.received:
                    reply = connection.received + reply
                if not whole(reply):
                    if not reply:
                        raise ValueError("the server closed a connection")
                    connection.received = reply
                    continue
                connection.received = b""
                now = clock()
                if connection.asked is None:
                    added.append(now - connection.begin)
                    self.wrong += b'"status":0' not in reply and b'"status": 0' not in reply
                else:
                    latencies.append(now - connection.begin)
                    self.wrong += f'item {connection.asked:08}"'.encode() not in reply
                send(connection)
        wall, cpu = clock() - begin, time.process_time() - cpu
        for connection in self.connections.values():
            self.finish(connection)
            connection.received = b""
        poll.close()
        both = sorted(latencies + added)
        return {"count": len(both), "wall": wall, "cpu": cpu, "wrong": self.wrong, "added": len(added),
                "p50": quantile(both, 0.5), "p99": quantile(both, 0.99)}


def whole(reply):
    return len(reply) >= 4 and len(reply) >= 4 + int.from_bytes(reply[:4], "little")


def quantile(ordered, part):
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def main():
    load = Load(int(sys.argv[1]))

    def request(line):
        if line == "fill":
            load.fill()
            return {}
        _, seconds, share = line.split()
        return load.round(float(seconds), int(share))

    answer("", None, [], request)


main()
