"""Random queries in VDMS's language against a model in memory."""

import clients
import pytest
from languages import Vdms
from walk import check


@pytest.mark.parametrize("seed", range(8))
def test_random_queries_are_answered_as_by_the_model(server, seed):
    check(Vdms(clients.vdms(server)), seed, length=120)
