"""Connects the examples: by APERTUREDB_KEY, or by the arguments that each of them takes."""

import argparse
import os


def arguments(description):
    """A parser with the arguments that all examples take."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, default=55555)
    parser.add_argument("--user", default="demo")
    parser.add_argument("--password", help="instead of APERTUREDB_KEY in the environment")
    parser.add_argument("--ca", help="the certificate of the authority that signed the server's")
    return parser


def connect(options):
    """A connector of aperturedb, verified where a certificate is given."""
    if not options.password:
        if not os.environ.get("APERTUREDB_KEY"):
            raise SystemExit("give --password, or a key in APERTUREDB_KEY; `make demo` prints one")
        from aperturedb.CommonLibrary import create_connector
        return create_connector()
    from aperturedb.Connector import Connector
    return Connector(
        options.host, options.port, user=options.user, password=options.password, ca_cert=options.ca,
        verify_hostname=options.ca is not None)


def ask(client, *commands, blobs=()):
    """The replies of the commands, one each, and the blobs; or an exit that says what was refused."""
    reply, found = client.query(list(commands), list(blobs))
    if not client.last_query_ok():
        raise SystemExit(f"refused: {reply}")
    return [next(iter(answer.values())) for answer in reply], found


def find_images(client, *, like=None, listed=(), blobs=False, **parameters):
    """The reply of one FindImage: `like` are its constraints, `listed` the properties to list."""
    command = {"blobs": blobs, "results": {"list": list(listed)} if listed else {"count": True}, **parameters}
    if like:
        command["constraints"] = like
    (reply,), found = ask(client, {"FindImage": command})
    return (reply, found) if blobs else reply
