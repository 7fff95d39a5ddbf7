"""What is chosen at the top of a dashboard."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as models

DATASOURCE: Final = models.DataSourceRef(type_val="prometheus", uid="${datasource}")
# A label that must be there, whatever it holds: selects what a regular expression of all values would, and stays short.
ALL: Final = ".+"

Variable = Builder[models.VariableModel]


def datasource() -> Variable:
    """The Prometheus that answers."""
    return builders.DatasourceVariable("datasource").label("Data source").type("prometheus")


def choice(name: str, values: str, *, many: bool) -> Variable:
    """A label's value to choose, or several of them; asked for again when the time range changes."""
    variable = (
        builders.QueryVariable(name)
        .label(name.capitalize())
        .datasource(DATASOURCE)
        .query({"query": f"label_values({values}, {name})", "refId": "PrometheusVariableQueryEditor-VariableQuery"})
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.NATURAL_ASC)
    )
    if many:
        everything = models.VariableOption(text="All", value="$__all", selected=True)
        variable = variable.multi(True).include_all(True).all_value(ALL).current(everything)
    return variable
