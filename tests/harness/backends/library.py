"""Helm's own Go code as a library of this process: the few calls that the harness makes.

Python's wrapper of it hides the Kubernetes that a chart is rendered for; the library itself takes it.
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
    """The values are not as the chart's schema wants them, or no values at all."""


def load(folder: Path) -> helm_python.Chart:
    """Load a chart into the library's memory; it is freed with the object."""
    return _asked(lambda: helm_python.Chart.load(folder))


def render(
    chart: helm_python.Chart,
    values: str,
    release: str,
    namespace: str,
    kube_version: str,
    api_versions: Sequence[str] = (),
) -> dict[str, str]:
    """The text of each template by its path, notes and helpers included; `values` is JSON."""
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
    """The values that templates get: the chart's own with `values`, which is JSON, laid over them."""
    handle = chart._raw()
    merged: dict[str, Any] = _json(lambda: _native.call_string("helm_chart_merge_values", handle, values))
    return merged


def check_release_name(name: str) -> None:
    """Refuse a name that no release can have."""
    _asked(lambda: _native.call_status("helm_release_name_validate", name))


def read_yaml(text: str) -> dict[str, Any]:
    """Read a YAML mapping as Helm and Kubernetes read it: 1e3 is a number, 12:30 is none, 3.0 is 3."""
    body: dict[str, Any] = _json(lambda: _native.call_string("helm_values_from_yaml", text))
    return body


def _json(call: Callable[[], str]) -> Any:
    return json.loads(_asked(call))


def _asked(call: Callable[[], T]) -> T:
    try:
        return call()
    except errors.HelmValuesError as error:
        raise ValuesError(sort_schema_errors(str(error).strip())) from error
    except errors.HelmError as error:
        raise HelmError(str(error).strip()) from error
