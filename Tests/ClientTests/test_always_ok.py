"""The tests, run against a server that says yes to everything: each must notice."""

import os
import subprocess
import sys
import xml.etree.ElementTree

import clients
import pytest
import servers

# What can pass without a database behind the answers, and why.
CANNOT_NOTICE = {
    "test_tls_without_the_authority_is_not_trusted": "the client gives up before anything is answered",
    "test_without_the_authority_the_certificate_is_not_trusted": "the client gives up before anything is answered",
    "test_a_configuration_is_listed_and_read": "`adb config` asks no server",
    "test_status_says_ok_and_a_version": "GetStatus has nothing to say but that",
    "test_status_is_json_that_says_ok": "GetStatus has nothing to say but that",
}


@pytest.mark.skipif(servers.is_fake(), reason="this run is the one that is looked at")
def test_every_test_fails_where_everything_is_ok(tmp_path):
    results = tmp_path / "results.xml"
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", f"--junit-xml={results}",
         "--rootdir", servers.HERE, servers.HERE],
        env=os.environ | {"FOVEA_CLIENTS_AGAINST": "always_ok"}, capture_output=True, cwd=tmp_path, timeout=1500)
    cases = list(xml.etree.ElementTree.parse(results).iter("testcase"))
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    passed = {case.get("name").split("[")[0] for case in cases if len(case) == 0}
    assert len(failed) > (350 if clients.HAS_EXPRESSIONS else 100), "too few ran"
    assert passed - set(CANNOT_NOTICE) == set()
