"""The chart under test, and cases of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.harness import Case, Manifest, merged, render
from tests.harness.manifests import parse

CHART = Path(__file__).resolve().parents[3] / "charts" / "model-server"
CI_FILES = sorted((CHART / "ci").glob("*-values.yaml"))
FULLNAME = "demo-model-server"
REFERENCE = "localhost:5001/models/iris@sha256:" + "0" * 64
# The least that must be said.
BASE: dict[str, Any] = {"model": {"source": {"image": {"reference": REFERENCE}}}}


def read(path: Path) -> Any:
    """Read a YAML file of the chart."""
    return parse(path.read_text(encoding="utf-8"))


def case(values: dict[str, Any] | None = None) -> Case:
    """A case whose values are the least that must be said, and `values`."""
    return Case(CHART, merged(BASE, values or {}))


def ci_case(path: Path) -> Case:
    """The case of one of the chart's own values files."""
    return Case(CHART, read(path))


def one(kind: str, values: dict[str, Any] | None = None, name: str | None = None) -> Manifest:
    """The object of a kind that `values` render to."""
    return render(case(values)).one(kind, name)


def pod(values: dict[str, Any] | None = None) -> Any:
    """The spec of the server's pods."""
    return one("Deployment", values).spec["template"]["spec"]


def server(values: dict[str, Any] | None = None) -> Any:
    """The server's container."""
    return next(item for item in pod(values)["containers"] if item["name"] == "model-server")


def config(values: dict[str, Any] | None = None) -> Any:
    """The server's configuration file, as the server reads it."""
    return parse(one("ConfigMap", values).body["data"]["config.yaml"])
