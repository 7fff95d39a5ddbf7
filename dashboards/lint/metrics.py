"""Every metric that a dashboard may query."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import yaml

from devkit import rule_files
from model_server.observability.descriptions import describe_metrics

EXPORTERS: Final = Path(__file__).with_name("exporters.yaml")


@cache
def known() -> frozenset[str]:
    """Return the names of all time series that the server, the rules and the exporters provide."""
    return frozenset(of_model_server() | recorded() | of_exporters())


def of_model_server() -> set[str]:
    """Return the names of the model server's time series."""
    return {name for metric in describe_metrics() for name in metric.series}


def recorded() -> set[str]:
    """Return the names of all recording rules."""
    return {rule.name for rule in rule_files.records()}


def of_exporters() -> set[str]:
    """Return the metrics of third-party programs that ``exporters.yaml`` lists."""
    exporters: dict[str, list[str]] = yaml.safe_load(EXPORTERS.read_text(encoding="utf-8"))
    return {name for names in exporters.values() for name in names}
