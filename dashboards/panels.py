"""The kinds of panels, as our dashboards use them: a title, what it says, a unit, the queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from grafana_foundation_sdk.builders import bargauge, common, heatmap, prometheus, stat, timeseries
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import heatmap as heatmap_models
from grafana_foundation_sdk.models import prometheus as prometheus_models

from dashboards.thresholds import GREEN, Steps
from dashboards.variables import DATASOURCE

NO_DATA: Final = "No data"

_AnyPanel = TypeVar("_AnyPanel", bargauge.Panel, heatmap.Panel, stat.Panel, timeseries.Panel)


@dataclass(frozen=True)
class Query:
    """A question to Prometheus, and how each series of its answer is called."""

    expression: str
    legend: str


@dataclass(frozen=True)
class About:
    """What a panel says of itself. ``description`` tells what it shows and what is bad."""

    title: str
    description: str
    unit: str
    no_value: str = NO_DATA


def lines(
    about: About,
    *queries: Query,
    width: int = 8,
    height: int = 8,
    stacked: bool = False,
    steps: Steps = (),
    most: float | None = None,
) -> Builder[models.Panel]:
    """Figures over time; a dashed line where they become bad."""
    mode = common_models.GraphThresholdsStyleMode
    panel = (
        _common(timeseries.Panel(), about, steps, width, height)
        .line_width(1)
        .fill_opacity(30 if stacked else 8)
        .show_points(common_models.VisibilityMode.NEVER)
        .min(0)
        .thresholds_style(common.GraphThresholdsStyleConfig().mode(mode.DASHED if steps else mode.OFF))
        .legend(
            common.VizLegendOptions()
            .display_mode(common_models.LegendDisplayMode.LIST)
            .placement(common_models.LegendPlacement.BOTTOM)
            .show_legend(True)
        )
        .tooltip(
            common.VizTooltipOptions()
            .mode(common_models.TooltipDisplayMode.MULTI)
            .sort(common_models.SortOrder.DESCENDING)
        )
    )
    if most is not None:
        panel = panel.max(most)
    if stacked:
        panel = panel.stacking(common.StackingConfig().mode(common_models.StackingMode.NORMAL).group("A"))
    for target in targets(queries, instant=False):
        panel = panel.with_target(target)
    return panel


def figure(
    about: About,
    query: str,
    *,
    width: int = 4,
    height: int = 4,
    steps: Steps = (),
    decimals: int | None = None,
) -> Builder[models.Panel]:
    """One figure, now. The colour of its background says whether it is bad."""
    panel = (
        _common(stat.Panel(), about, steps, width, height)
        .color_mode(common_models.BigValueColorMode.BACKGROUND if steps else common_models.BigValueColorMode.NONE)
        .graph_mode(common_models.BigValueGraphMode.NONE)
        .text_mode(common_models.BigValueTextMode.VALUE)
        .reduce_options(_last())
    )
    if decimals is not None:
        panel = panel.decimals(decimals)
    for target in targets([Query(query, about.title)], instant=True):
        panel = panel.with_target(target)
    return panel


def bars(
    about: About, *queries: Query, width: int = 8, height: int = 8, steps: Steps = (), most: float | None = None
) -> Builder[models.Panel]:
    """A bar for each series, now; the longest tells the most."""
    panel = (
        _common(bargauge.Panel(), about, steps, width, height)
        .orientation(common_models.VizOrientation.HORIZONTAL)
        .display_mode(common_models.BarGaugeDisplayMode.BASIC)
        .show_unfilled(True)
        .reduce_options(_last())
        .min(0)
    )
    if most is not None:
        panel = panel.max(most)
    for target in targets(queries, instant=True):
        panel = panel.with_target(target)
    return panel


def heat(about: About, expression: str, *, width: int = 8, height: int = 8) -> Builder[models.Panel]:
    """How the figures of a histogram are spread, over time; ``about.unit`` is that of its buckets."""
    panel = (
        _common(heatmap.Panel(), about, (), width, height)
        .calculate(False)
        .hide_from(common.HideSeriesConfig().legend(False).tooltip(False).viz(False))
        .color(
            heatmap.HeatmapColorOptions()
            .mode(heatmap_models.HeatmapColorMode.SCHEME)
            .scheme("Blues")
            .steps(64)
            .fill("dark-blue")
            .scale(heatmap_models.HeatmapColorScale.EXPONENTIAL)
            .exponent(0.5)
        )
        .y_axis(heatmap.YAxisConfig().unit(about.unit))
        .cell_gap(1)
    )
    for target in targets([Query(expression, "{{le}}")], instant=False, format_=_HEATMAP):
        panel = panel.with_target(target)
    return panel


_HEATMAP: Final = prometheus_models.PromQueryFormat.HEATMAP
_TIME_SERIES: Final = prometheus_models.PromQueryFormat.TIME_SERIES


def targets(
    queries: Sequence[Query], *, instant: bool, format_: prometheus_models.PromQueryFormat = _TIME_SERIES
) -> list[prometheus.Dataquery]:
    """The queries of a panel, lettered as Grafana letters them."""
    built = []
    for number, query in enumerate(queries):
        target = (
            prometheus.Dataquery()
            .datasource(DATASOURCE)
            .editor_mode(prometheus_models.QueryEditorMode.CODE)
            .expr(query.expression)
            .legend_format(query.legend)
            .format(format_)
            .ref_id(chr(ord("A") + number))
        )
        built.append(target.instant() if instant else target.range())
    return built


def thresholds(steps: Steps) -> Builder[models.ThresholdsConfig]:
    """Colours from values on; green before the first."""
    levels = [models.Threshold(value=None, color=GREEN)]
    levels += [models.Threshold(value=value, color=color) for value, color in steps]
    return builders.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(levels)


def words(of_values: Mapping[str, tuple[str, str]]) -> list[models.ValueMapping]:
    """Words and colours for values: ``{"1": ("yes", GREEN)}``."""
    options = {
        value: models.ValueMappingResult(text=text, color=color, index=number)
        for number, (value, (text, color)) in enumerate(of_values.items())
    }
    return [models.ValueMap(options=options)]


def _common(panel: _AnyPanel, about: About, steps: Steps, width: int, height: int) -> _AnyPanel:
    return (
        panel.title(about.title)
        .description(about.description)
        .datasource(DATASOURCE)
        .unit(about.unit)
        .no_value(about.no_value)
        .thresholds(thresholds(steps))
        .span(width)
        .height(height)
    )


def _last() -> Builder[common_models.ReduceDataOptions]:
    return common.ReduceDataOptions().calcs(["lastNotNull"]).values(False)
