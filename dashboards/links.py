"""The uids of the dashboards, and data links from a table row to another dashboard.

Bookmarks and links depend on the uids: they never change.
"""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models import dashboard as models

CLUSTER: Final = "model-serving-cluster"
OVERVIEW: Final = "model-serving-overview"
MODEL: Final = "model-serving-model"
CANARY: Final = "model-serving-canary"
STACK: Final = "model-serving-stack"
UIDS: Final = frozenset({CLUSTER, OVERVIEW, MODEL, CANARY, STACK})


def to_model() -> models.DashboardLink:
    """Link to the dashboard of the row's model, keeping data source and time range."""
    return _for_row("Show this model", MODEL)


def to_canary() -> models.DashboardLink:
    """Link to the comparison of the versions of the row's model, keeping data source and time range."""
    return _for_row("Compare its versions", CANARY)


def _for_row(title: str, uid: str) -> models.DashboardLink:
    row = "&".join(f"var-{label}=${{__data.fields.{label}}}" for label in ("namespace", "model"))
    url = f"/d/{uid}?${{datasource:queryparam}}&{row}&${{__url_time_range}}"
    return builders.DashboardLink(title).url(url).build()
