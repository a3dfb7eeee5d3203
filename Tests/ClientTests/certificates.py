"""Certificates made with openssl: an authority, and what it signs for localhost or for a client."""

import subprocess


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def authority(folder, name):
    """The paths of an authority's certificate and key."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-out", certificate, "-keyout", key)
    return certificate, key


def signed(folder, name, by):
    """The paths of a certificate for localhost, signed by an authority, and of its key."""
    certificate, key, request, names = (folder / f"{name}.{end}" for end in ("pem", "key", "csr", "ext"))
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-out", request, "-keyout", key)
    names.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", request, "-CA", by[0], "-CAkey", by[1], "-CAcreateserial", "-days", "2",
            "-extfile", names, "-out", certificate)
    return certificate, key
