"""Tables: a line for each thing, a column for each query about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from grafana_foundation_sdk.builders import common, table
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import prometheus as prometheus_models

from dashboards.panels import About, Query, targets, thresholds, words
from dashboards.thresholds import Steps
from dashboards.variables import DATASOURCE

_COLORED_TEXT: Final = {"type": "color-text"}


@dataclass(frozen=True)
class Column:
    """A figure of each line; the query's labels are the table's keys."""

    title: str
    expression: str
    unit: str = "short"
    steps: Steps = ()
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def lines_of(
    about: About,
    keys: Sequence[str],
    columns: Sequence[Column],
    *,
    width: int = 24,
    height: int = 8,
    links: Mapping[str, Sequence[models.DashboardLink]] | None = None,
) -> Builder[models.Panel]:
    """A table with the labels ``keys`` first; ``links`` leads from a key to another dashboard."""
    panel = (
        table.Panel()
        .title(about.title)
        .description(about.description)
        .datasource(DATASOURCE)
        .unit(about.unit)
        .no_value(about.no_value)
        .thresholds(thresholds(()))
        .span(width)
        .height(height)
        .align(common_models.FieldTextAlignment.AUTO)
        .cell_height(common_models.TableCellHeight.SM)
        .sort_by([common.TableSortByFieldState().display_name(keys[0]).desc(False)])
    )
    questions = [Query(column.expression, column.title) for column in columns]
    for target in targets(questions, instant=True, format_=prometheus_models.PromQueryFormat.TABLE):
        panel = panel.with_target(target)
    for transformation in _transformations(keys, columns):
        panel = panel.with_transformation(transformation)
    for column in columns:
        panel = panel.override_by_name(column.title, _properties(column))
    for key, targets_of_key in (links or {}).items():
        panel = panel.override_by_name(key, [models.DynamicConfigValue(id_val="links", value=list(targets_of_key))])
    return panel


def _transformations(keys: Sequence[str], columns: Sequence[Column]) -> list[models.DataTransformerConfig]:
    # Grafana calls the figures of the only query "Value", and those of several "Value #A", "Value #B".
    names = [f"Value #{chr(ord('A') + number)}" for number in range(len(columns))] if len(columns) > 1 else ["Value"]
    organize = {
        "excludeByName": {"Time": True},
        "indexByName": {name: place for place, name in enumerate([*keys, *names])},
        "renameByName": {name: column.title for name, column in zip(names, columns, strict=True)},
    }
    merge = [models.DataTransformerConfig(id_val="merge", options={})] if len(columns) > 1 else []
    return [*merge, models.DataTransformerConfig(id_val="organize", options=organize)]


def _properties(column: Column) -> list[models.DynamicConfigValue]:
    properties = [models.DynamicConfigValue(id_val="unit", value=column.unit)]
    if column.steps:
        properties.append(models.DynamicConfigValue(id_val="thresholds", value=thresholds(column.steps).build()))
    if column.words:
        properties.append(models.DynamicConfigValue(id_val="mappings", value=words(column.words)))
    if column.steps or column.words:
        properties.append(models.DynamicConfigValue(id_val="custom.cellOptions", value=_COLORED_TEXT))
    return properties
