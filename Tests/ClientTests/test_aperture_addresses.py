"""Images and blobs that a command names by their address on the web."""

import http.server
import threading

import clients
import pytest
import servers
from pictures import picture, png
from replies import ask, one, refused


class Site:
    """A web server on loopback that knows one picture and one text, and keeps what it was asked for."""

    def __init__(self):
        self.asked = asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                known = {"/picture.png": png(picture(5)), "/text": b"no picture"}
                body = known.get(self.path)
                self.send_response(404 if body is None else 200)
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.root = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def site():
    running = Site()
    yield running
    running.server.shutdown()


@pytest.fixture(scope="module")
def near(stores):
    """A server that may fetch from this machine."""
    running = servers.start(stores.new(), "--allow-private-addresses")
    yield running
    running.stop()


def add(url, **more):
    return [{"AddImage": {"url": url, **more}}]


def test_a_picture_at_an_address_is_stored_as_it_is(near, site, name):
    db = clients.aperture(near)
    ask(db, add(site.root + "/picture.png", properties={"key": name}))
    replies, blobs = ask(db, [{"FindImage": {
        "constraints": {"key": ["==", name]}, "blobs": True, "results": {"list": ["width"]}}}])
    assert blobs == [png(picture(5))]
    assert replies[0]["entities"][0]["width"] == picture(5).shape[1]


def test_a_blob_at_an_address_may_be_anything(near, site, name):
    db = clients.aperture(near)
    ask(db, [{"AddBlob": {"url": site.root + "/text", "properties": {"key": name}}}])
    _, blobs = ask(db, [{"FindBlob": {"constraints": {"key": ["==", name]}, "blobs": True}}])
    assert blobs == [b"no picture"]


@pytest.mark.parametrize("path, word", [("/text", "image"), ("/missing", "404")])
def test_what_is_no_picture_leaves_nothing_of_the_query(near, site, name, path, word):
    db = clients.aperture(near)
    query = add(site.root + "/picture.png", properties={"key": name}) + add(site.root + path)
    assert word in refused(db, query)["info"]
    assert one(db, "FindImage", {"constraints": {"key": ["==", name]}, "results": {"count": True}})["count"] == 0


def test_private_addresses_are_not_asked_unless_the_operator_says_so(db, site):
    before = len(site.asked)
    assert "public internet" in refused(db, add(site.root + "/picture.png"))["info"]
    assert len(site.asked) == before


def test_nobody_has_the_server_ask_for_what_they_may_not_add(near, site, name):
    db = clients.aperture(near)
    token = one(db, "GenerateToken", {})["token"]
    one(db, "CreateRole", {"name": "role" + name, "objects": {"read": True}})
    one(db, "CreateUser", {"username": "user" + name, "roles": ["role" + name], "add_tokens": [token]})
    before = len(site.asked)
    reader = clients.aperture(near, user="user" + name, token=token)
    refused(reader, add(site.root + "/picture.png"))
    assert len(site.asked) == before


def test_buckets_are_refused_by_name(db):
    assert "s3://" in refused(db, add("s3://bucket/a.jpg"))["info"]
