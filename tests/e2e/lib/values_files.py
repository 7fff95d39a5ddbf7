"""The values files that users are given, and what each of them takes for granted in the cluster."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from devkit import paths

CHART = paths.REPOSITORY / "charts" / "model-server"
FILES = (
    *sorted((CHART / "ci").glob("*-values.yaml")),
    *sorted((paths.REPOSITORY / "examples" / "values").glob("*.yaml")),
)


@dataclass(frozen=True)
class ValuesFile:
    """One file; what is said of it here follows from its content, as the chart's README says."""

    path: Path

    @property
    def release(self) -> str:
        """The name of the release that it is installed as."""
        return self.path.stem.removesuffix("-values")

    @cached_property
    def values(self) -> dict[str, Any]:
        """Its content."""
        content: dict[str, Any] = yaml.safe_load(self.path.read_text(encoding="utf-8"))
        return content

    def value(self, path: str, default: Any = "") -> Any:
        """The value at a path such as ``model.name``."""
        found: Any = self.values
        for part in path.split("."):
            if not isinstance(found, dict) or part not in found:
                return default
            found = found[part]
        return found

    @property
    def fullname(self) -> str:
        """The name of what there is one of."""
        own = self.value("nameOverride", "model-server")
        return str(self.value("fullnameOverride") or f"{self.release}-{own}")

    @property
    def entry(self) -> str:
        """The address that clients are to call."""
        name = f"{self.fullname}-nginx" if self.value("nginx.enabled", False) else self.fullname
        port = self.value("nginx.service.port" if self.value("nginx.enabled", False) else "service.port", 80)
        return f"http://{name}:{port}"

    @property
    def version_entries(self) -> dict[str, str]:
        """The address of each version, with the number of the model's version that answers there."""
        entries = {}
        for entry in self.value("versions", []):
            wanted = entry.get("model", {}).get("version", entry["name"])
            entries[f"http://{self.fullname}-{entry['name']}"] = str(wanted)
        return entries

    @property
    def uses_keras(self) -> bool:
        """Whether it serves the network, else the regression."""
        return bool(self.value("model.name") == "iris-keras")

    @property
    def runner(self) -> str:
        """Who runs the release's test."""
        return str(self.value("tests.runner", "helm"))

    @property
    def source(self) -> str:
        """Where its model comes from."""
        return str(self.value("model.source.type", "image"))
