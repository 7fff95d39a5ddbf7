"""What Prometheus answers to the queries of a panel, with the names that the panel gives to its series."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboards.lint.labels import LEGEND_LABEL
from dashboards.queries import Window, filled
from dashboards.reading import Panel
from devkit.prometheus import Prometheus, QueryError, Sample, Series


@dataclass(frozen=True)
class Named:
    """A series with the name that the legend shows."""

    name: str
    series: Series

    @property
    def empty(self) -> bool:
        """Whether it has nothing that can be drawn."""
        return not any(math.isfinite(value) for value in self.series.values)


@dataclass(frozen=True)
class Figure:
    """One figure with the name that its bar shows."""

    name: str
    sample: Sample


@dataclass(frozen=True)
class Answers:
    """All that a panel has to show; ``error`` says what Prometheus refused."""

    lines: tuple[Named, ...] = ()
    figures: tuple[Figure, ...] = ()
    frames: Mapping[str, tuple[Sample, ...]] = field(default_factory=dict)
    error: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return all(line.empty for line in self.lines) and all(
            math.isnan(figure.sample.value) for figure in self.figures
        )


def ask(panel: Panel, prometheus: Prometheus, values: Mapping[str, str], window: Window, now: float) -> Answers:
    """Send all queries of a panel; raises UserError where Prometheus does not answer at all."""
    lines: list[Named] = []
    figures: list[Figure] = []
    frames: dict[str, tuple[Sample, ...]] = {}
    try:
        for target in panel.targets:
            expression = filled(target.expression, values)
            if target.instant:
                samples = prometheus.query(expression, now)
                frames[target.ref_id] = tuple(samples)
                figures += [Figure(named(target.legend, sample.labels), sample) for sample in samples]
            else:
                found = prometheus.query_range(expression, now - window.range, now, window.step)
                lines += [Named(named(target.legend, series.labels), series) for series in found]
    except QueryError as error:
        return Answers(error=error.cause)
    return Answers(tuple(lines), tuple(figures), frames)


def named(legend: str, labels: Mapping[str, str]) -> str:
    """The name of a series: the legend with its labels filled in."""
    return LEGEND_LABEL.sub(lambda match: labels.get(match[1], ""), legend)
