"""Dashboard variables: the drop-downs at the top of a dashboard."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as models

DATASOURCE: Final = models.DataSourceRef(type_val="prometheus", uid="${datasource}")
# Matches any non-empty label value: the same series as a regular expression of all values, and much shorter.
ALL: Final = ".+"

Variable = Builder[models.VariableModel]


def datasource() -> Variable:
    """Return the variable that selects the Prometheus data source."""
    return builders.DatasourceVariable("datasource").label("Data source").type("prometheus")


def query_variable(name: str, series: str, *, multi: bool) -> Variable:
    """Return a variable with the values of the label ``name`` of ``series``, refreshed with the time range.

    With ``multi`` several values, or all of them, can be selected.
    """
    variable = (
        builders.QueryVariable(name)
        .label(name.capitalize())
        .datasource(DATASOURCE)
        .query({"query": f"label_values({series}, {name})", "refId": "PrometheusVariableQueryEditor-VariableQuery"})
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.NATURAL_ASC)
    )
    if multi:
        everything = models.VariableOption(text="All", value="$__all", selected=True)
        variable = variable.multi(True).include_all(True).all_value(ALL).current(everything)
    return variable
