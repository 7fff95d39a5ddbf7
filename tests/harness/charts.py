"""The repository's charts and the values files that represent their use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from devkit import paths
from tests.harness.case import Case
from tests.harness.yaml_documents import parse

CHARTS = paths.REPOSITORY / "charts"
EXAMPLES = paths.REPOSITORY / "examples"
# The values files in examples/ by chart.
EXAMPLES_OF = {
    "istio-routing": ("istio/*.yaml", "iris/routing-*.yaml"),
    "model-server": ("values/*.yaml", "iris/values-*.yaml"),
    "monitoring": ("monitoring/*.yaml",),
}
# Values that the examples set on the command line, in addition to the file.
_IMAGE = {"reference": "registry.example.org/models/iris@sha256:" + "0" * 64}
ADDED = {"values-iris-*.yaml": {"model": {"source": {"image": _IMAGE}}}}


@dataclass(frozen=True)
class ValuesFile:
    """A values file and the chart that it is for."""

    chart: Path
    path: Path

    def case(self) -> Case:
        """Return the case of a release with these values."""
        return _case(self)

    def __str__(self) -> str:
        return f"{self.chart.name}-{self.path.stem}"


@cache
def _case(file: ValuesFile) -> Case:
    case = Case(file.chart, parse(file.path.read_text(encoding="utf-8")) or {})
    for pattern, values in ADDED.items():
        if file.path.match(pattern):
            case = case.with_values(values)
    return case


def charts() -> list[Path]:
    """Return every application chart that has a schema."""
    # A new chart has no schema yet. No chart is missed: `python -m charttool check`, which `make check` runs as well,
    # refuses a chart without one.
    found = [file.parent for file in sorted(CHARTS.glob("*/values.schema.json"))]
    return [chart for chart in found if metadata(chart).get("type", "application") == "application"]


def metadata(chart: Path) -> dict[str, str]:
    """Return the contents of Chart.yaml."""
    contents: dict[str, str] = parse((chart / "Chart.yaml").read_text(encoding="utf-8"))
    return contents


def values_files(chart: Path) -> list[ValuesFile]:
    """Return a chart's own values files and those in examples/."""
    own = sorted((chart / "ci").glob("*-values.yaml"))
    examples = [file for pattern in EXAMPLES_OF.get(chart.name, ()) for file in sorted(EXAMPLES.glob(pattern))]
    return [ValuesFile(chart, path) for path in [*own, *examples]]


def all_values_files() -> list[ValuesFile]:
    """Return the values files of all charts."""
    return [file for chart in charts() for file in values_files(chart)]
