"""Table panels: one row per combination of key labels, one column per query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from grafana_foundation_sdk.builders import common
from grafana_foundation_sdk.builders import table as table_builders
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import prometheus as prometheus_models

from dashboards.panels import PanelOptions, Query, targets, thresholds_config, value_mappings
from dashboards.thresholds import Thresholds
from dashboards.variables import DATASOURCE

_COLORED_TEXT: Final = {"type": "color-text"}


@dataclass(frozen=True)
class Column:
    """A column: its query must return exactly the key labels of the table."""

    title: str
    expression: str
    unit: str = "short"
    thresholds: Thresholds = ()
    value_mappings: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def table(
    options: PanelOptions,
    keys: Sequence[str],
    columns: Sequence[Column],
    *,
    width: int = 24,
    height: int = 8,
    links: Mapping[str, Sequence[models.DashboardLink]] | None = None,
) -> Builder[models.Panel]:
    """Return a table that starts with the label columns ``keys``; ``links`` has data links for their cells."""
    panel = (
        table_builders.Panel()
        .title(options.title)
        .description(options.description)
        .datasource(DATASOURCE)
        .unit(options.unit)
        .no_value(options.no_value)
        .thresholds(thresholds_config(()))
        .span(width)
        .height(height)
        .align(common_models.FieldTextAlignment.AUTO)
        .cell_height(common_models.TableCellHeight.SM)
        .sort_by([common.TableSortByFieldState().display_name(keys[0]).desc(False)])
    )
    queries = [Query(column.expression, column.title) for column in columns]
    for target in targets(queries, instant=True, format_=prometheus_models.PromQueryFormat.TABLE):
        panel = panel.with_target(target)
    for transformation in _transformations(keys, columns):
        panel = panel.with_transformation(transformation)
    for column in columns:
        panel = panel.override_by_name(column.title, _properties(column))
    for key, key_links in (links or {}).items():
        panel = panel.override_by_name(key, [models.DynamicConfigValue(id_val="links", value=list(key_links))])
    return panel


def _transformations(keys: Sequence[str], columns: Sequence[Column]) -> list[models.DataTransformerConfig]:
    # Grafana names the field of a single query "Value", and those of several queries "Value #A", "Value #B".
    names = [f"Value #{chr(ord('A') + index)}" for index in range(len(columns))] if len(columns) > 1 else ["Value"]
    organize = {
        "excludeByName": {"Time": True},
        "indexByName": {name: index for index, name in enumerate([*keys, *names])},
        "renameByName": {name: column.title for name, column in zip(names, columns, strict=True)},
    }
    merge = [models.DataTransformerConfig(id_val="merge", options={})] if len(columns) > 1 else []
    return [*merge, models.DataTransformerConfig(id_val="organize", options=organize)]


def _properties(column: Column) -> list[models.DynamicConfigValue]:
    properties = [models.DynamicConfigValue(id_val="unit", value=column.unit)]
    if column.thresholds:
        properties.append(
            models.DynamicConfigValue(id_val="thresholds", value=thresholds_config(column.thresholds).build())
        )
    if column.value_mappings:
        properties.append(models.DynamicConfigValue(id_val="mappings", value=value_mappings(column.value_mappings)))
    if column.thresholds or column.value_mappings:
        properties.append(models.DynamicConfigValue(id_val="custom.cellOptions", value=_COLORED_TEXT))
    return properties
