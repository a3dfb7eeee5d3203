#!/usr/bin/env python3
"""Says whether a store that a power cut left is sound: replay.py's check for `fovea add --json`.

usage: check_store.py FOVEA STATE ACKNOWLEDGED

Exits with 0 if there is no store yet and nothing was acknowledged, or if `fovea verify` finds nothing and every
file that a verdict called added or duplicate is in the store.
"""

import json
import os
import subprocess
import sys


def main():
    fovea, state, acknowledged = sys.argv[1:]
    with open(acknowledged, "rb") as file:
        lines = [line for line in file.read().split(b"\n")[:-1] if line.startswith(b"{")]
    verdicts = [json.loads(line) for line in lines]
    wanted = {verdict["path"] for verdict in verdicts if verdict.get("verdict") in ("added", "duplicate")}
    if not os.path.exists(os.path.join(state, "catalog.sqlite")):
        sys.exit(f"no store, and {len(wanted)} files were acknowledged" if wanted else 0)
    verified = subprocess.run([fovea, "verify", "--store", state], capture_output=True, text=True)
    if verified.returncode != 0:
        sys.exit(f"verify: {verified.returncode} {verified.stdout} {verified.stderr}")
    found = subprocess.run([fovea, "find", "--json", "--store", state], capture_output=True, text=True)
    if found.returncode != 0:
        sys.exit(f"find: {found.returncode} {found.stderr}")
    entities = [json.loads(line) for line in found.stdout.splitlines()]
    present = {path for entity in entities for path in entity.get("paths", [entity.get("path")])}
    if not wanted <= present:
        sys.exit(f"lost: {sorted(wanted - present)[:5]}")


main()
