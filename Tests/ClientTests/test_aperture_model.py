"""Random queries in ApertureDB's language against a model in memory."""

import clients
import pytest
from languages import Aperture
from walk import check


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("expressions", [False, True], ids=["dictionaries", "expressions"])
def test_random_queries_are_answered_as_by_the_model(server, seed, expressions):
    check(Aperture(clients.aperture(server), expressions), seed, length=120)
