"""A server that answers `status: 0` to everything, in shapes that look right: what no test may take for Fovea.

usage: always_ok.py FOLDER

FOLDER gets a certificate. The addresses are printed as one line of JSON, as `fovea serve --json` prints them.
It ends when its standard input does.
"""

import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

from frames import FakeServer

SESSION = {
    "session_token": "adbs_" + "a" * 43, "refresh_token": "adbr_" + "a" * 43,
    "session_token_expires_in": 3600, "refresh_token_expires_in": 86400,
}


def picture():
    """A gray PNG of 8×8 pixels."""
    def chunk(kind, payload):
        return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))

    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9 * 8)))
            + chunk(b"IEND", b""))


PICTURE = picture()


def found(name, parameters, blobs):
    """What a Find of one object would look like."""
    results = parameters.get("results") or {}
    entity = {key: "" for key in results.get("list", []) if isinstance(key, str)}
    entity["_uniqueid"] = "1.0.1"
    entity |= {"_label": "", "_distance": 0.0, "_coordinates": {"x": 0, "y": 0, "width": 1, "height": 1}}
    if parameters.get("blobs") or name in ("FindImage", "FindBlob") and parameters.get("blobs", True):
        entity["_blob_index"] = len(blobs)
        blobs.append(PICTURE)
    list_name = "connections" if name == "FindConnection" else "entities"
    reply = {"status": 0, "returned": 1, "count": 1, list_name: [entity]}
    if "batch" in parameters:
        reply["batch"] = {"total_elements": 1, "start": 0, "end": 1, "batch_size": 1, "batch_id": 0}
    if parameters.get("group_by_source"):
        reply["entities"] = {"1.0.1": [entity]}
    return reply


def answer(commands, _, dialect):
    replies, blobs = [], []
    for command in commands if isinstance(commands, list) else []:
        for name, parameters in command.items():
            reply = {"status": 0}
            if name in ("Authenticate", "RefreshToken"):
                reply |= SESSION
            elif name == "GenerateToken":
                reply["token"] = "adbp_" + "a" * 43
            elif name == "GetUserDetails":
                reply |= {"tokens": [], "roles": []}
            elif name == "GetStatus":
                reply |= {"info": "OK", "system": "ApertureDB", "version": "0.17.23"}
            elif name == "GetSchema":
                reply |= {"entities": None, "connections": None}
            elif name == "GetIndexes":
                reply["indexes"] = {}
            elif name == "RegionIoU":
                reply["IoU"] = [[0.0]]
            elif name.startswith(("Update", "Delete")):
                reply["count"] = 1
            elif name.startswith("Find"):
                reply |= found(name, parameters, blobs)
            elif name == "ClassifyDescriptor":
                reply["label"] = ""
            replies.append({name: reply})
    return replies, blobs


def certificate(folder):
    """The paths of a certificate for localhost that is its own authority, and of its key."""
    path, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-out", path, "-keyout", key], check=True, capture_output=True)
    return path, key


def main():
    folder = Path(sys.argv[1])
    path, key = certificate(folder)
    server = FakeServer(answer, path, key)
    server.start()
    print(json.dumps({
        "wire": f"127.0.0.1:{server.wire}", "http": f"127.0.0.1:{server.http}",
        "https": f"127.0.0.1:{server.https}", "ca": str(path),
    }), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
