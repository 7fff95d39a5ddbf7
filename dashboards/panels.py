"""The panel types that our dashboards use, under Grafana's names: stat, timeseries, bar gauge and heatmap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from grafana_foundation_sdk.builders import bargauge as bargauge_builders
from grafana_foundation_sdk.builders import common, prometheus
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.builders import heatmap as heatmap_builders
from grafana_foundation_sdk.builders import stat as stat_builders
from grafana_foundation_sdk.builders import timeseries as timeseries_builders
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import heatmap as heatmap_models
from grafana_foundation_sdk.models import prometheus as prometheus_models

from dashboards.thresholds import GREEN, Thresholds
from dashboards.variables import DATASOURCE

NO_DATA: Final = "No data"

_AnyPanel = TypeVar(
    "_AnyPanel", bargauge_builders.Panel, heatmap_builders.Panel, stat_builders.Panel, timeseries_builders.Panel
)


@dataclass(frozen=True)
class Query:
    """A PromQL query and the legend of the series that it returns."""

    expression: str
    legend: str


@dataclass(frozen=True)
class PanelOptions:
    """The texts and the unit of a panel. ``description`` says what the panel shows and which values are bad."""

    title: str
    description: str
    unit: str
    no_value: str = NO_DATA


def timeseries(
    options: PanelOptions,
    *queries: Query,
    width: int = 8,
    height: int = 8,
    stacked: bool = False,
    thresholds: Thresholds = (),
    max_value: float | None = None,
) -> Builder[models.Panel]:
    """Return a time series panel, with a dashed line at each threshold."""
    mode = common_models.GraphThresholdsStyleMode
    panel = (
        _with_options(timeseries_builders.Panel(), options, thresholds, width, height)
        .line_width(1)
        .fill_opacity(30 if stacked else 8)
        .show_points(common_models.VisibilityMode.NEVER)
        .min(0)
        .thresholds_style(common.GraphThresholdsStyleConfig().mode(mode.DASHED if thresholds else mode.OFF))
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
    if max_value is not None:
        panel = panel.max(max_value)
    if stacked:
        panel = panel.stacking(common.StackingConfig().mode(common_models.StackingMode.NORMAL).group("A"))
    for target in targets(queries, instant=False):
        panel = panel.with_target(target)
    return panel


def stat(
    options: PanelOptions,
    query: str,
    *,
    width: int = 4,
    height: int = 4,
    thresholds: Thresholds = (),
    decimals: int | None = None,
) -> Builder[models.Panel]:
    """Return a panel with the current value; with thresholds, they colour its background."""
    panel = (
        _with_options(stat_builders.Panel(), options, thresholds, width, height)
        .color_mode(common_models.BigValueColorMode.BACKGROUND if thresholds else common_models.BigValueColorMode.NONE)
        .graph_mode(common_models.BigValueGraphMode.NONE)
        .text_mode(common_models.BigValueTextMode.VALUE)
        .reduce_options(_last_value())
    )
    if decimals is not None:
        panel = panel.decimals(decimals)
    for target in targets([Query(query, options.title)], instant=True):
        panel = panel.with_target(target)
    return panel


def bar_gauge(
    options: PanelOptions,
    *queries: Query,
    width: int = 8,
    height: int = 8,
    thresholds: Thresholds = (),
    max_value: float | None = None,
) -> Builder[models.Panel]:
    """Return a panel with one bar per series, as long as its current value."""
    panel = (
        _with_options(bargauge_builders.Panel(), options, thresholds, width, height)
        .orientation(common_models.VizOrientation.HORIZONTAL)
        .display_mode(common_models.BarGaugeDisplayMode.BASIC)
        .show_unfilled(True)
        .reduce_options(_last_value())
        .min(0)
    )
    if max_value is not None:
        panel = panel.max(max_value)
    for target in targets(queries, instant=True):
        panel = panel.with_target(target)
    return panel


def heatmap(options: PanelOptions, expression: str, *, width: int = 8, height: int = 8) -> Builder[models.Panel]:
    """Return the distribution of a histogram over time; ``options.unit`` is the unit of its buckets."""
    panel = (
        _with_options(heatmap_builders.Panel(), options, (), width, height)
        .calculate(False)
        .hide_from(common.HideSeriesConfig().legend(False).tooltip(False).viz(False))
        .color(
            heatmap_builders.HeatmapColorOptions()
            .mode(heatmap_models.HeatmapColorMode.SCHEME)
            .scheme("Blues")
            .steps(64)
            .fill("dark-blue")
            .scale(heatmap_models.HeatmapColorScale.EXPONENTIAL)
            .exponent(0.5)
        )
        .y_axis(heatmap_builders.YAxisConfig().unit(options.unit))
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
    """Return the targets of a panel, with the reference ids A, B, C that Grafana gives them."""
    built = []
    for index, query in enumerate(queries):
        target = (
            prometheus.Dataquery()
            .datasource(DATASOURCE)
            .editor_mode(prometheus_models.QueryEditorMode.CODE)
            .expr(query.expression)
            .legend_format(query.legend)
            .format(format_)
            .ref_id(chr(ord("A") + index))
        )
        built.append(target.instant() if instant else target.range())
    return built


def thresholds_config(thresholds: Thresholds) -> Builder[models.ThresholdsConfig]:
    """Return thresholds as Grafana's absolute steps, green below the first one."""
    steps = [models.Threshold(value=None, color=GREEN)]
    steps += [models.Threshold(value=value, color=color) for value, color in thresholds]
    return builders.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps)


def value_mappings(mappings: Mapping[str, tuple[str, str]]) -> list[models.ValueMapping]:
    """Return texts and colours that replace values, from ``{"1": ("yes", GREEN)}``."""
    options = {
        value: models.ValueMappingResult(text=text, color=color, index=index)
        for index, (value, (text, color)) in enumerate(mappings.items())
    }
    return [models.ValueMap(options=options)]


def _with_options(
    panel: _AnyPanel, options: PanelOptions, thresholds: Thresholds, width: int, height: int
) -> _AnyPanel:
    return (
        panel.title(options.title)
        .description(options.description)
        .datasource(DATASOURCE)
        .unit(options.unit)
        .no_value(options.no_value)
        .thresholds(thresholds_config(thresholds))
        .span(width)
        .height(height)
    )


def _last_value() -> Builder[common_models.ReduceDataOptions]:
    return common.ReduceDataOptions().calcs(["lastNotNull"]).values(False)
