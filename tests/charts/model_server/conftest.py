"""The values files that stand for all that the chart can be told, rendered once each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.charts.model_server.chart import VALUES_FILES, file_case
from tests.harness import Case, Manifests, render

# The longest name that Helm lets a release have: every name and label that is made of it must be cut.
RELEASES = {"short": "demo", "long": "r" * 53}


@pytest.fixture(params=VALUES_FILES, ids=lambda path: path.stem)
def given(request: pytest.FixtureRequest) -> Case:
    """Each values file."""
    return file_case(request.param)


@pytest.fixture(params=RELEASES)
def released(request: pytest.FixtureRequest, given: Case) -> Case:
    """Each values file, in a release with a short and with a long name."""
    return replace(given, release=RELEASES[request.param])


@pytest.fixture
def manifests(released: Case) -> Manifests:
    """What each values file renders to, under a short and under a long name."""
    return render(released)
