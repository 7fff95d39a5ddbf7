"""From a line of a table to the dashboard about that thing. The uids are promises: people keep links to them."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models import dashboard as models

CLUSTER: Final = "model-serving-cluster"
OVERVIEW: Final = "model-serving-overview"
MODEL: Final = "model-serving-model"
CANARY: Final = "model-serving-canary"
STACK: Final = "model-serving-stack"


def to_model() -> models.DashboardLink:
    """To the model of the line; data source and time range stay."""
    return _of_line("Look at this model", MODEL)


def to_canary() -> models.DashboardLink:
    """To the comparison of the versions of the line's model."""
    return _of_line("Compare its versions", CANARY)


def _of_line(title: str, uid: str) -> models.DashboardLink:
    line = "&".join(f"var-{label}=${{__data.fields.{label}}}" for label in ("namespace", "model"))
    url = f"/d/{uid}?${{datasource:queryparam}}&{line}&${{__url_time_range}}"
    return builders.DashboardLink(title).url(url).build()
