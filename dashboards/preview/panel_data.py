"""The query results of a panel, with the legend of each series."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboards.lint.labels import LEGEND_LABEL
from dashboards.model import Panel
from dashboards.queries import Window, interpolate
from devkit.prometheus import Prometheus, QueryError, Sample, Series


@dataclass(frozen=True)
class NamedSeries:
    """A series with its legend."""

    name: str
    series: Series

    @property
    def empty(self) -> bool:
        """True if the series has no finite value."""
        return not any(math.isfinite(value) for value in self.series.values)


@dataclass(frozen=True)
class NamedSample:
    """A sample with its legend."""

    name: str
    sample: Sample


@dataclass(frozen=True)
class PanelData:
    """The data of a panel: ``series`` of range queries, ``samples`` of instant queries.

    ``frames`` holds the samples by reference id, for tables. ``error`` is set if Prometheus rejected a query.
    """

    series: tuple[NamedSeries, ...] = ()
    samples: tuple[NamedSample, ...] = ()
    frames: Mapping[str, tuple[Sample, ...]] = field(default_factory=dict)
    error: str = ""

    @property
    def empty(self) -> bool:
        """True if there is nothing to show."""
        return all(one.empty for one in self.series) and all(math.isnan(one.sample.value) for one in self.samples)


def query_panel(
    panel: Panel, prometheus: Prometheus, values: Mapping[str, str], window: Window, now: float
) -> PanelData:
    """Run all queries of a panel at the time ``now``; raises UserError if Prometheus is unreachable."""
    series: list[NamedSeries] = []
    samples: list[NamedSample] = []
    frames: dict[str, tuple[Sample, ...]] = {}
    try:
        for target in panel.targets:
            expression = interpolate(target.expression, values)
            if target.instant:
                vector = prometheus.query(expression, now)
                frames[target.ref_id] = tuple(vector)
                samples += [NamedSample(format_legend(target.legend, one.labels), one) for one in vector]
            else:
                matrix = prometheus.query_range(expression, now - window.range, now, window.step)
                series += [NamedSeries(format_legend(target.legend, one.labels), one) for one in matrix]
    except QueryError as error:
        return PanelData(error=error.cause)
    return PanelData(tuple(series), tuple(samples), frames)


def format_legend(legend: str, labels: Mapping[str, str]) -> str:
    """Return a legend with the labels of a series inserted."""
    return LEGEND_LABEL.sub(lambda match: labels.get(match[1], ""), legend)
