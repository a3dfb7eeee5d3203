"""The two wire protocols as their clients speak them, enough of them to be a server in a test.

A frame is a little-endian length and that many bytes. A message is a protocol buffer with the fields json (1),
blobs (2) and token (3); it is written out here so that a fake server shares no code with the clients it fools.
"""

import base64
import email.parser
import email.policy
import json
import socket
import socketserver
import ssl
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HELLO = struct.Struct("<II")


def read_exactly(connection, count):
    """`count` bytes, or None if the peer ended before them."""
    parts = []
    while count > 0:
        part = connection.recv(min(count, 1 << 20))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_frame(connection):
    header = read_exactly(connection, 4)
    return None if header is None else read_exactly(connection, struct.unpack("<I", header)[0])


def write_frame(connection, payload):
    connection.sendall(struct.pack("<I", len(payload)) + payload)


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def encode(text, blobs=(), token=""):
    message = field(1, text.encode()) + b"".join(field(2, blob) for blob in blobs)
    return message + (field(3, token.encode()) if token else b"")


def decode(message):
    """The JSON text, the blobs and the token of a message."""
    def number(at):
        value = shift = 0
        while True:
            byte = message[at]
            value |= (byte & 127) << shift
            at, shift = at + 1, shift + 7
            if byte < 128:
                return value, at

    text, blobs, token, at = "", [], "", 0
    while at < len(message):
        key, at = number(at)
        length, at = number(at)
        payload, at = message[at:at + length], at + length
        if key >> 3 == 1:
            text = payload.decode()
        elif key >> 3 == 2:
            blobs.append(payload)
        elif key >> 3 == 3:
            token = payload.decode()
    return text, blobs, token


def commands_of(text):
    try:
        return json.loads(text)
    except ValueError:
        return []


class FakeServer:
    """Serves `answer(commands, blobs, dialect) -> (reply, blobs)` on the wire port, over HTTP and over HTTPS.

    `dialect` is "vdms" or "aperture"; `wire`, `http` and `https` are the ports bound on 127.0.0.1.
    """

    def __init__(self, answer, certificate, key):
        self.answer = answer
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.context = context
        fake = self

        class Wire(socketserver.BaseRequestHandler):
            def handle(self):
                fake.converse(self.request)

        class Rest(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                fake.post(self)

            def log_message(self, *_):
                pass

        class Threads(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.servers = [Threads(("127.0.0.1", 0), Wire)]
        self.servers += [ThreadingHTTPServer(("127.0.0.1", 0), Rest) for _ in range(2)]
        self.servers[2].socket = context.wrap_socket(
            self.servers[2].socket, server_side=True, do_handshake_on_connect=False)
        self.wire, self.http, self.https = (server.server_address[1] for server in self.servers)

    def start(self):
        for server in self.servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def converse(self, connection):
        try:
            first = connection.recv(12, socket.MSG_PEEK)
            if first[:1] == b"\x16":
                connection = self.context.wrap_socket(connection, server_side=True)
            dialect = "vdms"
            while (frame := read_frame(connection)) is not None:
                if len(frame) == HELLO.size and frame[:4] == b"\x01\0\0\0":
                    dialect = "aperture"
                    write_frame(connection, frame)
                    if HELLO.unpack(frame)[1] == 2:
                        connection = self.context.wrap_socket(connection, server_side=True)
                    continue
                text, blobs, _ = decode(frame)
                reply, out = self.answer(commands_of(text), blobs, dialect)
                write_frame(connection, encode(json.dumps(reply), out))
        except OSError:
            pass  # the client went away: there is nobody to tell

    def post(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
        form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
        text, blobs = "[]", []
        for part in form.iter_parts():
            name = part.get_param("name", header="content-disposition")
            if name == "query":
                text = part.get_payload(decode=True).decode()
            elif name == "blobs":
                blobs.append(part.get_payload(decode=True))
        reply, out = self.answer(commands_of(text), blobs, "aperture")
        payload = json.dumps({"json": reply, "blobs": [base64.b64encode(blob).decode() for blob in out]}).encode()
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(payload)))
        request.end_headers()
        request.wfile.write(payload)
