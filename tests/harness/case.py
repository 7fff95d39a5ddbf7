"""A case: everything that a rendering depends on, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from devkit import versions
from tests.harness.frozen import canonical, freeze, unfreeze

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """A chart, its values and a release. Equal cases render to equal bytes."""

    chart: Path
    values: Values = field(default_factory=dict)
    release: str = "demo"
    namespace: str = "serving"
    kube_version: str = versions.get("kubernetes")
    # API versions that the cluster serves in addition to those of Kubernetes; a template must not depend on them.
    api_versions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", freeze(self.values))

    def with_values(self, values: Values) -> Case:
        """Return this case with `values` merged over its own."""
        return replace(self, values=merged(self.values, values))

    def values_json(self) -> str:
        """Return the values as the text of a values file."""
        return canonical(self.values)

    def identity(self) -> str:
        """Return everything that the rendering depends on, other than the chart's files, as one text."""
        rest = [self.release, self.namespace, self.kube_version, *self.api_versions]
        return canonical([rest, self.values])


def merged(base: Values, override: Values) -> dict[str, Any]:
    """Merge `override` over `base` as Helm merges values files: maps are merged, other values replaced."""
    result: dict[str, Any] = unfreeze(base)
    for key, value in override.items():
        if isinstance(value, Mapping) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = unfreeze(value)
    return result
