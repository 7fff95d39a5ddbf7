"""The specification of a chart: what the tests of all charts must know about it.

`tests/charts/<chart>/chart.py` defines CHART_SPEC, `guard_cases.py` GUARDS and `strategies.py` STRATEGIES. Every
exception has a reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from charttool import comments
from charttool.modes import Ignored, ignored
from charttool.yaml_edit import MISSING, lookup
from devkit import paths
from tests.harness import Case, Manifest, Manifests, merged, render
from tests.harness.charts import metadata
from tests.harness.manifests import parse
from tests.harness.schema_leaves import Leaf, leaves
from tests.harness.selection import workloads_in_same_folder
from tests.harness.value_effects import ValueEffect
from tests.harness.value_effects import read as read_value_effects

TESTS = paths.REPOSITORY / "tests" / "charts"

Values = Mapping[str, Any]
# Returns the workloads, as "Kind/name", whose pods an object should select.
ExpectedWorkloads = Callable[[Manifests, Manifest, Case], set[str]]
Reasons = Mapping[str, str]


@dataclass(frozen=True)
class ChartSpec:
    """A chart under test. Keys are paths relative to templates/, container names or paths of values."""

    chart: Path
    # The smallest values that the chart accepts.
    minimal_values: Values = field(default_factory=dict)
    # The part of them that applies to given values, if modes exclude another part.
    minimal_for: Callable[[Values], Values] | None = None
    # Values that an example in the README may leave out, because another example shows them.
    readme_values: Values = field(default_factory=dict)
    # The chart's own containers; all others belong to users.
    containers: frozenset[str] = frozenset()
    expected_workloads: ExpectedWorkloads = workloads_in_same_folder
    # Values that users may change in an upgrade, so that no selector may depend on them.
    mutable_values: Values = field(default_factory=lambda: {"commonLabels": {"a": "b"}})
    # Exceptions to the tests of all charts, each with its reason: values without an entry in value_effects/, pods that
    # mount an API token, containers without probes, ConfigMaps that no pod mounts, prescribed names, objects in other
    # namespaces, routes to Services of other charts, and values by which users select pods.
    values_without_effect: Reasons = field(default_factory=dict)
    with_api_token: Reasons = field(default_factory=dict)
    without_probes: Reasons = field(default_factory=dict)
    unreferenced: Reasons = field(default_factory=dict)
    fixed_names: Reasons = field(default_factory=dict)
    other_namespaces: Reasons = field(default_factory=dict)
    external_backends: Reasons = field(default_factory=dict)
    selector_values: Reasons = field(default_factory=dict)
    # Lists of the values that may have equal entries, by path, each with the reason.
    repeatable: Reasons = field(default_factory=dict)
    # Maps of the values that accept any key, by path, each with what judges them instead.
    open_values: Reasons = field(default_factory=dict)
    # Keys whose value is a mode of the chart, such as `mode`: by mode, the base values that select it. The second table
    # lists values that some mode ignores without refusing them, with reasons.
    modes: Mapping[str, Mapping[str, Values]] = field(default_factory=dict)
    shared_by_modes: Reasons = field(default_factory=dict)
    # By template, the violations of the "restricted" Pod Security Standard that its pods need, as they are reported.
    pod_security_exceptions: Mapping[str, Reasons] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the chart."""
        return self.chart.name

    @property
    def tests_package(self) -> str:
        """The package of the chart's own tests."""
        return f"{__package__}.{self.name.replace('-', '_')}"

    @property
    def tests_folder(self) -> Path:
        """The folder of the chart's own tests."""
        return TESTS / self.name.replace("-", "_")

    @cached_property
    def metadata(self) -> Mapping[str, str]:
        """The contents of Chart.yaml."""
        return metadata(self.chart)

    @cached_property
    def oldest_kubernetes(self) -> str:
        """The oldest supported version of Kubernetes, such as 1.35."""
        return ".".join(self.metadata["kubeVersion"].removeprefix(">=").split(".")[:2])

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The schema of the values."""
        schema: dict[str, Any] = json.loads((self.chart / "values.schema.json").read_text(encoding="utf-8"))
        return schema

    @cached_property
    def leaves(self) -> dict[str, Leaf]:
        """Every value that can be set on its own."""
        return leaves(self.schema)

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """The contents of values.yaml."""
        values: dict[str, Any] = parse((self.chart / "values.yaml").read_text(encoding="utf-8"))
        return values

    @cached_property
    def immutable_values(self) -> dict[str, str]:
        """The values that are marked as immutable in a release, with the section of UPGRADING.md about each."""
        leaves = comments.read(self.chart / "values.yaml").leaves()
        return {key.path: key.immutable for key in leaves if key.immutable}

    @cached_property
    def renamed_keys(self) -> list[str]:
        """The old keys in renames.yaml. The schema accepts them, so that a guard can name the new key."""
        renames = parse((self.chart / "renames.yaml").read_text(encoding="utf-8")) or []
        return [rename["old"] for rename in renames]

    @cached_property
    def value_effects(self) -> list[ValueEffect]:
        """The entries in value_effects/."""
        return read_value_effects(self.tests_folder / "value_effects")

    @cached_property
    def ignored_by_modes(self) -> Ignored:
        """The values that each mode ignores, by the annotations in values.yaml."""
        return ignored(comments.read(self.chart / "values.yaml"))

    def without_ignored(self, values: Values) -> dict[str, Any]:
        """Return the values without those that their modes ignore, which a guard would refuse."""
        result = merged(values, {})
        for key in self.modes:
            used = self._used_modes(values, key)
            for path, entry in self.ignored_by_modes[key].get(used[0], {}).items():
                if not set(used) & set(entry["modes"]):
                    _remove(result, path.split("."))
        return result

    def _used_modes(self, values: Values, key: str) -> list[str]:
        """Return the modes that the values select; entries of `versions` may differ from the other values."""
        path = tuple(key.split("."))
        own = lookup(merged(self.defaults, values), path)
        entries = [entry for entry in values.get("versions") or [] if isinstance(entry, Mapping)]
        selected = [lookup(entry, path) for entry in entries]
        used = [own if mode is MISSING else mode for mode in selected]
        return list(dict.fromkeys([*used, own] if not used or values.get("keepUnversioned") else used))

    def case(self, values: Values | None = None) -> Case:
        """Return a case with the minimal values and `values`."""
        minimal = self.minimal_for(values or {}) if self.minimal_for else self.minimal_values
        return Case(self.chart, merged(minimal, values or {}))

    def renderings(self, effect: ValueEffect) -> tuple[Manifests, Manifests]:
        """Render the chart without and with the value of `effect`."""
        before = self.case(effect.given)
        return render(before), render(replace(before, values=effect.values(before.values)))

    def attribute_of(self, module: str, name: str, default: Any) -> Any:
        """Return an attribute of a module of the chart's own tests, or the default if there is no such module."""
        # A new chart has no modules yet; tests/charts/all_charts/test_completeness.py demands them.
        if not (self.tests_folder / f"{module}.py").exists():
            return default
        return getattr(import_module(f"{self.tests_package}.{module}"), name)

    def __str__(self) -> str:
        return self.name


def _remove(values: dict[str, Any], path: Sequence[str]) -> None:
    """Remove a value in place, and the mappings that become empty."""
    first, *rest = path
    if first not in values:
        return
    if rest and isinstance(values[first], Mapping):
        values[first] = dict(values[first])
        _remove(values[first], rest)
    if not rest or values[first] == {}:
        del values[first]
