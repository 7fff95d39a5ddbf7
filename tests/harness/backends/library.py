"""Helm's Go code as a library in this process.

The high-level Python API has no parameter for the Kubernetes version; the native functions below it have one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import helm_python
from helm_python import _native, errors

from tests.harness.backends.protocol import HelmError
from tests.harness.backends.schema_errors import sort_schema_errors

T = TypeVar("T")

VERSION = f"{_native.helm_c_version()} {_native.helm_sdk_version()}"


class ValuesError(HelmError):
    """The values do not match the chart's schema, or are not valid YAML."""


def load(folder: Path) -> helm_python.Chart:
    """Load a chart. The object owns memory of the library and frees it when it is collected."""
    return _call(lambda: helm_python.Chart.load(folder))


def render(
    chart: helm_python.Chart,
    values: str,
    release: str,
    namespace: str,
    kube_version: str,
    api_versions: Sequence[str] = (),
) -> dict[str, str]:
    """Return the text of each template by its path, notes and helpers included; `values` is JSON."""
    options = {
        "name": release,
        "namespace": namespace,
        "kube_version": kube_version,
        "api_versions": list(api_versions),
    }
    handle = chart._raw()
    texts: dict[str, str] = _json(lambda: _native.call_string("helm_render", handle, values, json.dumps(options)))
    return texts


def merged_values(chart: helm_python.Chart, values: str) -> dict[str, Any]:
    """Return the values that templates see: `values`, which is JSON, merged over the chart's own."""
    handle = chart._raw()
    merged: dict[str, Any] = _json(lambda: _native.call_string("helm_chart_merge_values", handle, values))
    return merged


def check_release_name(name: str) -> None:
    """Raise HelmError if a release cannot have this name."""
    _call(lambda: _native.call_status("helm_release_name_validate", name))


def read_yaml(text: str) -> dict[str, Any]:
    """Parse a YAML mapping as Helm and Kubernetes do: 1e3 is a number, 12:30 is a string, 3.0 is 3."""
    body: dict[str, Any] = _json(lambda: _native.call_string("helm_values_from_yaml", text))
    return body


def _json(call: Callable[[], str]) -> Any:
    return json.loads(_call(call))


def _call(call: Callable[[], T]) -> T:
    try:
        return call()
    except errors.HelmValuesError as error:
        raise ValuesError(sort_schema_errors(str(error).strip())) from error
    except errors.HelmError as error:
        raise HelmError(str(error).strip()) from error
