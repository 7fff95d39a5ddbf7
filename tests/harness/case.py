"""What a rendering depends on, in one value."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.harness.frozen import canonical, frozen, thawed

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """One chart, one set of values, one release. Equal cases render to equal bytes."""

    chart: Path
    values: Values = field(default_factory=dict)
    release: str = "demo"
    namespace: str = "serving"
    kube_version: str = "1.37.0"

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen(self.values))

    def with_values(self, values: Values) -> Case:
        """The same case with `values` laid over its own."""
        return replace(self, values=merged(self.values, values))

    def values_json(self) -> str:
        """The values as a file that Helm reads."""
        return canonical(self.values)

    def key(self) -> str:
        """A digest of all that the rendering depends on, the chart's files included."""
        digest = hashlib.sha256()
        for part in (self.values_json(), self.release, self.namespace, self.kube_version):
            digest.update(part.encode() + b"\0")
        for path in sorted(self.chart.rglob("*")):
            if path.is_file():
                digest.update(path.relative_to(self.chart).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()


def merged(base: Values, override: Values) -> dict[str, Any]:
    """Lay `override` over `base` as Helm does with values files: maps are merged, all else is replaced."""
    result: dict[str, Any] = thawed(base)
    for key, value in override.items():
        if isinstance(value, Mapping) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = thawed(value)
    return result
