"""The client that this virtual environment has, and how its versions differ where a test must know."""

import importlib.metadata

from servers import USER


def version(package):
    try:
        return tuple(int(part) for part in importlib.metadata.version(package).split("."))
    except importlib.metadata.PackageNotFoundError:
        return None


APERTURE = version("aperturedb")
VDMS = version("vdms")
# Clients of other doors than the query port's, each alone in its environment: by the word in the names of its tests.
OTHERS = {"mcp": version("mcp"), "openapi": version("schemathesis")}
SOLE = next((name for name, there in OTHERS.items() if there), None)
# 0.2 verifies no certificate and keeps its session to itself; 0.5 speaks in expressions.
IS_DECK_AGE = APERTURE is not None and APERTURE < (0, 3)
HAS_EXPRESSIONS = APERTURE is not None and APERTURE >= (0, 5)


def aperture(server, user=USER, password="", tls=True, **more):
    """A connector of aperturedb to the wire port; without a password it logs in by a token, its own or `admin`'s."""
    from aperturedb.Connector import Connector

    if not password:
        more.setdefault("token", server.token)
    if not IS_DECK_AGE:
        more = {"ca_cert": server.ca if tls else None, "retry_interval_seconds": 0, **more}
    return Connector(server.host, server.wire, user=user, password=password, use_ssl=tls, **more)


def rest(server, user=USER, password="", tls=True, **more):
    """A connector of aperturedb to the REST interface (0.4 and later have one)."""
    from aperturedb.ConnectorRest import ConnectorRest

    if not password:
        more.setdefault("token", server.token)
    client = ConnectorRest(
        server.host, server.port("https" if tls else "http"), user=user, password=password, use_ssl=tls,
        ca_cert=server.ca if tls else None, **more)
    client.config.retry_interval_seconds = 0
    return client


def vdms(server, **more):
    """A connected client of vdms."""
    import vdms as package

    client = package.vdms(**more)
    assert client.connect(server.host if more else "127.0.0.1", server.wire)
    return client
