"""A chart under test, and what tests of any chart must know of it.

`tests/charts/<chart>/chart.py` says it in SUBJECT, `guard_cases.py` in GUARDS and `drawn.py` in DRAWS. Every exception
has its reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from cluster import paths
from tests.harness import Case, Manifest, Manifests, merged
from tests.harness.charts import metadata
from tests.harness.knobs import Knob
from tests.harness.knobs import read as read_knobs
from tests.harness.manifests import parse
from tests.harness.schema_leaves import Leaf, leaves
from tests.harness.selection import of_the_same_folder

TESTS = paths.REPOSITORY / "tests" / "charts"

Values = Mapping[str, Any]
# What makes the pods that an object is to select.
Expected = Callable[[Manifests, Manifest, Case], set[str]]
Reasons = Mapping[str, str]


@dataclass(frozen=True)
class Subject:
    """A chart under test. Templates are named by their paths in templates/, containers by their names."""

    chart: Path
    # The least that must be said.
    base: Values = field(default_factory=dict)
    # What an example of values in the README may leave to another one.
    beside_examples: Values = field(default_factory=dict)
    # The containers that the chart makes by itself; all others are the users'.
    containers: frozenset[str] = frozenset()
    expected: Expected = of_the_same_folder
    # Values that users change during a release's life, and that no selector may hold.
    changing: Values = field(default_factory=lambda: {"commonLabels": {"a": "b"}})
    # What would be wrong elsewhere, with the reason: values without an entry in knobs/, pods with a token of the API,
    # containers without probes, ConfigMaps that no pod mounts, names that are prescribed, objects that may be in other
    # namespaces, routes to other charts' Services, values by which users choose pods.
    not_knobs: Reasons = field(default_factory=dict)
    with_token: Reasons = field(default_factory=dict)
    without_probes: Reasons = field(default_factory=dict)
    unmounted: Reasons = field(default_factory=dict)
    fixed_names: Reasons = field(default_factory=dict)
    elsewhere: Reasons = field(default_factory=dict)
    routed_elsewhere: Reasons = field(default_factory=dict)
    selecting: Reasons = field(default_factory=dict)
    # What the pods of a template may do against the standard "restricted": each violation as it is reported.
    unrestricted: Mapping[str, Reasons] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The chart's name."""
        return self.chart.name

    @property
    def package(self) -> str:
        """Where its own tests are."""
        return f"{__package__}.{self.name.replace('-', '_')}"

    @property
    def folder(self) -> Path:
        """The folder of its own tests."""
        return TESTS / self.name.replace("-", "_")

    @cached_property
    def metadata(self) -> Mapping[str, str]:
        """What Chart.yaml says."""
        return metadata(self.chart)

    @cached_property
    def oldest_kubernetes(self) -> str:
        """The oldest version of Kubernetes that it is for, such as 1.35."""
        return ".".join(self.metadata["kubeVersion"].removeprefix(">=").split(".")[:2])

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The schema of its values."""
        schema: dict[str, Any] = json.loads((self.chart / "values.schema.json").read_text(encoding="utf-8"))
        return schema

    @cached_property
    def leaves(self) -> dict[str, Leaf]:
        """Every value that can be set on its own."""
        return leaves(self.schema)

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """What values.yaml says."""
        values: dict[str, Any] = parse((self.chart / "values.yaml").read_text(encoding="utf-8"))
        return values

    @cached_property
    def knobs(self) -> list[Knob]:
        """The table of what each value does."""
        return read_knobs(self.folder / "knobs")

    def case(self, values: Values | None = None) -> Case:
        """A case whose values are the least that must be said, and `values`."""
        return Case(self.chart, merged(self.base, values or {}))

    def part(self, module: str, name: str, default: Any) -> Any:
        """What a module of its own tests says, or the default where there is no such module."""
        # A chart that is being begun has none of its own yet; tests/charts/every/test_begun.py demands them.
        if not (self.folder / f"{module}.py").exists():
            return default
        return getattr(import_module(f"{self.package}.{module}"), name)

    def __str__(self) -> str:
        return self.name
