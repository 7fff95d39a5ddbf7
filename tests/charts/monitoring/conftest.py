"""Fixtures of this chart's tests."""

from __future__ import annotations

import pytest

from tests.charts.monitoring.chart import CHART
from tests.harness.charts import ValuesFile, values_files


@pytest.fixture(params=values_files(CHART), ids=str)
def file(request: pytest.FixtureRequest) -> ValuesFile:
    """Return each values file of the chart."""
    file: ValuesFile = request.param
    return file
