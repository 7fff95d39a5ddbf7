"""Fixtures for every chart and every values file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.charts.chart_spec import ChartSpec
from tests.charts.chart_specs import CHART_SPECS
from tests.harness import Case, Manifests, render
from tests.harness.charts import ValuesFile, all_values_files

# The longest release name that Helm allows: every name and label that contains it must be truncated.
RELEASE = "r" * 53


@pytest.fixture(params=CHART_SPECS.values(), ids=str, scope="module")
def chart_spec(request: pytest.FixtureRequest) -> ChartSpec:
    """Each chart."""
    chart_spec: ChartSpec = request.param
    return chart_spec


@pytest.fixture(params=all_values_files(), ids=str)
def file(request: pytest.FixtureRequest) -> ValuesFile:
    """Each values file of each chart."""
    file: ValuesFile = request.param
    return file


@pytest.fixture
def given(file: ValuesFile) -> Case:
    """The case of each values file."""
    return file.case()


@pytest.fixture
def manifests(given: Case) -> Manifests:
    """The rendering of each values file, in a release with a long name so that all names are truncated."""
    return render(replace(given, release=RELEASE))
