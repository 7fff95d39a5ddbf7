"""What a rendering depends on, in one value."""

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
    """One chart, one set of values, one release. Equal cases render to equal bytes."""

    chart: Path
    values: Values = field(default_factory=dict)
    release: str = "demo"
    namespace: str = "serving"
    kube_version: str = versions.get("kubernetes")
    # What the cluster serves besides Kubernetes' own; the charts here must not ask.
    api_versions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", freeze(self.values))

    def with_values(self, values: Values) -> Case:
        """The same case with `values` laid over its own."""
        return replace(self, values=merged(self.values, values))

    def values_json(self) -> str:
        """The values as a file that Helm reads."""
        return canonical(self.values)

    def identity(self) -> str:
        """All that the rendering depends on but the chart's files, as one text."""
        rest = [self.release, self.namespace, self.kube_version, *self.api_versions]
        return canonical([rest, self.values])


def merged(base: Values, override: Values) -> dict[str, Any]:
    """Lay `override` over `base` as Helm does with values files: maps are merged, all else is replaced."""
    result: dict[str, Any] = unfreeze(base)
    for key, value in override.items():
        if isinstance(value, Mapping) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = unfreeze(value)
    return result
