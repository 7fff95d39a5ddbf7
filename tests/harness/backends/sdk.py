"""Helm's SDK in this process: no program to start, and the chart stays loaded.

The library renders templates. The checks that `helm` makes before and after that are repeated here, in the same order
and with the same messages. tests/charts/test_backends.py compares both.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import helm_python
import jsonschema_rs

from tests.harness import chart_files
from tests.harness.backends import library
from tests.harness.backends.protocol import HelmError
from tests.harness.case import Case

SCHEMA = "values.schema.json"
# How Helm splits the output of a template.
_SEPARATOR = re.compile(r"^---[ \t]*", re.MULTILINE)


class HelmSdk:
    """Renders in this process, a chart with subcharts in about 10 ms."""

    name = "helm-sdk"

    def __init__(self) -> None:
        # Tests often render the notes right after the objects of the same case; one rendering yields both.
        self._last: tuple[str, dict[str, str]] = ("", {})

    def version(self) -> str:
        return library.VERSION

    def template(self, case: Case) -> str:
        chart = _current(case.chart)
        texts = chart.render(case)
        self._last = (self._identity(case, chart), texts)
        return stream(texts)

    def notes(self, case: Case) -> str:
        chart = _current(case.chart)
        texts = self._last[1] if self._last[0] == self._identity(case, chart) else chart.render(case)
        return texts.get(f"{chart.name}/templates/NOTES.txt", "").strip() + "\n"

    @staticmethod
    def _identity(case: Case, chart: _Loaded) -> str:
        return f"{id(chart)} {case.identity()}"


SDK = HelmSdk()


def stream(texts: Mapping[str, str]) -> str:
    """Return rendered templates as `helm template` prints them."""
    return "".join(
        f"---\n# Source: {path}\n{document.strip()}\n"
        for path, text in sorted(texts.items())
        if not path.endswith("NOTES.txt") and not path.rpartition("/")[2].startswith("_")
        for document in _SEPARATOR.split(text)
        if document.strip()
    )


@dataclass(frozen=True)
class _Precompiled:
    """A chart without its schema, and a validator compiled from the schema.

    Helm compiles the schema for each rendering, which for a schema of 100 kB takes longer than everything else. Only
    values that this validator accepts are rendered without the schema; all errors come from Helm itself.
    """

    chart: helm_python.Chart
    validator: jsonschema_rs.Validator

    def accepts(self, values: str) -> bool:
        return self.validator.is_valid(library.merged_values(self.chart, values))


class _Loaded:
    """A loaded chart in one state of its files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._chart = library.load(folder)
        metadata = self._chart.metadata
        self.name: str = metadata["name"]
        self._kube_versions: str = metadata.get("kubeVersion", "")
        self._type: str = metadata.get("type", "application") or "application"
        declared = [dependency["name"] for dependency in metadata.get("dependencies") or []]
        bundled = {dependency["name"] for dependency in self._chart.dependencies}
        self._missing = [name for name in declared if name not in bundled]
        # The library removes a disabled subchart from the loaded chart permanently.
        self._must_reload = bool(bundled)
        self._precompiled = None if self._must_reload else _precompiled(folder)

    def render(self, case: Case) -> dict[str, str]:
        self._check_installable(case)
        values = case.values_json()
        if self._precompiled is not None and self._precompiled.accepts(values):
            chart = self._precompiled.chart
        else:
            chart = library.load(self._folder) if self._must_reload else self._chart
        try:
            texts = library.render(chart, values, case.release, case.namespace, case.kube_version, case.api_versions)
        except library.ValuesError:
            raise
        except HelmError:
            self._check_kube_version(case)
            raise
        self._check_kube_version(case)
        return texts

    def _check_installable(self, case: Case) -> None:
        if self._type != "application":
            raise HelmError(f"{self._type} charts are not installable")
        if self._missing:
            raise HelmError(
                "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' "
                "to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: "
                + ", ".join(self._missing)
            )
        try:
            library.check_release_name(case.release)
        except HelmError as error:
            raise HelmError(f'release name check failed: release name "{case.release}": {error}') from None

    def _check_kube_version(self, case: Case) -> None:
        wanted, version = self._kube_versions, case.kube_version.removeprefix("v")
        if wanted and not _is_in_range(version, wanted):
            raise HelmError(f"chart requires kubeVersion: {wanted} which is incompatible with Kubernetes v{version}")


def _current(folder: Path) -> _Loaded:
    return _loaded(folder, chart_files.digest(folder))


@lru_cache(maxsize=32)
def _loaded(folder: Path, digest: str) -> _Loaded:  # noqa: ARG001  (the digest is the key)
    return _Loaded(folder)


def _precompiled(folder: Path) -> _Precompiled | None:
    schema = folder / SCHEMA
    if not schema.is_file():
        return None
    with tempfile.TemporaryDirectory(prefix="chart-") as place:
        copy = shutil.copytree(folder, Path(place) / "chart")
        (copy / SCHEMA).unlink()
        chart = library.load(copy)
    rules = json.loads(schema.read_text(encoding="utf-8"))
    # With formats, because this validator must not accept what Helm's validator refuses.
    return _Precompiled(chart, jsonschema_rs.validator_for(rules, validate_formats=True))


@cache
def _is_in_range(version: str, wanted: str) -> bool:
    """Return whether a version is in a range, evaluated by a template so that Helm's rules apply."""
    values = json.dumps({"version": version, "wanted": wanted})
    try:
        texts = library.render(_comparison(), values, "probe", "probe", version)
    except HelmError:
        return False
    return any(text.strip() == "true" for text in texts.values())


@cache
def _comparison() -> helm_python.Chart:
    with tempfile.TemporaryDirectory(prefix="chart-") as place:
        chart = Path(place)
        (chart / "templates").mkdir()
        (chart / "Chart.yaml").write_text("{apiVersion: v2, name: probe, version: 0.0.0}", encoding="utf-8")
        (chart / "templates" / "answer").write_text(
            "{{ semverCompare .Values.wanted .Values.version }}", encoding="utf-8"
        )
        return library.load(chart)
