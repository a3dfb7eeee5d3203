"""Connects one of ApertureDB's or VDMS's clients, as PyPI has them, to a query port, in every way it can.

usage: query_port_clients.py HOST PORT HTTPS_PORT CA OTHER_CA PASSWORD TOKEN KEY [CLIENT_CERT CLIENT_KEY]

Prints a JSON object: for each way "ok" and who was served, or "failed". The port must answer with what came,
and let `ada` in. An interpreter has either aperturedb or vdms.
"""

import importlib.metadata
import json
import logging
import os
import sys
import tempfile
import time

# aperturedb writes logs where it is started, and looks for configurations there.
FOLDER = tempfile.TemporaryDirectory()
os.chdir(FOLDER.name)
logging.disable(logging.CRITICAL)
HOST, PORT, HTTPS, CA, OTHER_CA, PASSWORD, TOKEN, KEY = sys.argv[1:9]
PORT, HTTPS = int(PORT), int(HTTPS)
QUERY, BLOBS = [{"FindEntity": {"with_class": "A"}}], [b"first", bytes(range(256)) * 1000]


def checked(reply, blobs):
    """Who was served, if what came back is what was sent."""
    answer = reply[0]["Echo"]
    assert json.loads(answer["query"]) == QUERY
    assert blobs == BLOBS[::-1]
    return f"ok {answer['dialect']} {answer['principal']}"


def version(package):
    try:
        return tuple(int(part) for part in importlib.metadata.version(package).split("."))
    except importlib.metadata.PackageNotFoundError:
        return None


APERTURE = version("aperturedb")


def aperture_ways():
    from aperturedb.Connector import Connector

    verifies = APERTURE >= (0, 4)

    def connect(cls=Connector, port=PORT, **more):
        more = {"user": "ada", "password": PASSWORD, **more}
        if verifies:
            more = {"ca_cert": CA if more.get("use_ssl", True) else None, **more}
        if verifies and cls is Connector:
            more = {"retry_interval_seconds": 0, **more}
        client = cls(HOST, port, **more)
        if verifies:
            client.config.retry_interval_seconds = 0
        return client

    def session(client):
        return client.shared_data.session if verifies else client.session

    def ask(client):
        return checked(*client.query(QUERY, BLOBS))

    def many(client):
        return [ask(client) for _ in range(50)][-1]

    def late(client):
        ask(client)
        before = session(client).session_token
        session(client).session_started = time.time() - 10_000_000
        done = ask(client)
        assert session(client).session_token != before
        return done

    def rejected(client):
        ask(client)
        session(client).session_token = "adbs_forged"
        return ask(client)

    ways = {
        "plain": lambda: many(connect(use_ssl=False)),
        "tls": lambda: many(connect()),
        "clone": lambda: ask(connect().create_new_connection()),
        "token": lambda: ask(connect(password="", token=TOKEN)),
        "refresh": lambda: late(connect()),
        "wrong password": lambda: ask(connect(password="wrong")),
        "wrong token": lambda: ask(connect(password="", token="adbp_wrong")),
    }
    if verifies:
        from aperturedb.ConnectorRest import ConnectorRest as Rest

        ways |= {
            "wrong authority": lambda: ask(connect(ca_cert=OTHER_CA)),
            "system's authorities": lambda: ask(connect(ca_cert=None)),
            "unverified": lambda: ask(connect(ca_cert=OTHER_CA, verify_hostname=False)),
            "rest": lambda: many(connect(Rest, use_ssl=False)),
            "rest tls": lambda: many(connect(Rest, HTTPS)),
            "rest tls at the query port": lambda: ask(connect(Rest)),
            "rest token": lambda: ask(connect(Rest, password="", token=TOKEN)),
            "rest refresh": lambda: late(connect(Rest)),
            "rest wrong password": lambda: ask(connect(Rest, password="wrong")),
            "rest wrong authority": lambda: ask(connect(Rest, ca_cert=OTHER_CA)),
            "key": lambda: ask(Connector(key=KEY)),
        }
    if APERTURE >= (0, 5):
        ways |= {
            "no name": lambda: ask(connect(user=None, password="", token=TOKEN)),
            "rejected session": lambda: rejected(connect()),
            "rest rejected session": lambda: rejected(connect(Rest, use_ssl=False)),
        }
    return ways


def vdms_ways():
    import vdms

    def ask(**more):
        client = vdms.vdms(**more)
        assert client.connect(HOST, PORT)
        return [checked(*client.query(QUERY, BLOBS)) for _ in range(50)][-1]

    ways = {
        "plain": lambda: ask(),
        "tls": lambda: ask(use_tls=True, ca_cert_file=CA),
        "wrong authority": lambda: ask(use_tls=True, ca_cert_file=OTHER_CA),
    }
    if len(sys.argv) > 9:
        ways["mutual tls"] = lambda: ask(
            use_tls=True, ca_cert_file=CA, client_cert_file=sys.argv[9], client_key_file=sys.argv[10])
    return ways


outcomes = {}
for name, way in (vdms_ways() if APERTURE is None else aperture_ways()).items():
    try:
        outcomes[name] = way()
    except BaseException as error:  # clients raise all kinds
        outcomes[name] = "failed"
        print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
print(json.dumps(outcomes))
