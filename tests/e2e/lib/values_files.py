"""The values files of the chart and the examples, and what each requires of the cluster."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from devkit import paths

CHART = paths.CHARTS / "model-server"
FILES = (
    *sorted((CHART / "ci").glob("*-values.yaml")),
    *sorted((paths.EXAMPLES / "values").glob("*.yaml")),
)


@dataclass(frozen=True)
class ValuesFile:
    """A values file. Its properties are derived from its content, as the chart's README describes."""

    path: Path

    @property
    def release(self) -> str:
        """The name of its release."""
        return self.path.stem.removesuffix("-values")

    @cached_property
    def values(self) -> dict[str, Any]:
        """The content of the file."""
        content: dict[str, Any] = yaml.safe_load(self.path.read_text(encoding="utf-8"))
        return content

    def value(self, path: str, default: Any = "") -> Any:
        """Return the value at a path such as ``model.name``."""
        found: Any = self.values
        for part in path.split("."):
            if not isinstance(found, dict) or part not in found:
                return default
            found = found[part]
        return found

    @property
    def fullname(self) -> str:
        """The full name of the release."""
        own = self.value("nameOverride", "model-server")
        return str(self.value("fullnameOverride") or f"{self.release}-{own}")

    @property
    def entry(self) -> str:
        """The URL for clients."""
        name = f"{self.fullname}-nginx" if self.value("nginx.enabled", False) else self.fullname
        port = self.value("nginx.service.port" if self.value("nginx.enabled", False) else "service.port", 80)
        return f"http://{name}:{port}"

    @property
    def version_entries(self) -> dict[str, str]:
        """The URL of each version, with the model version that responds there."""
        entries = {}
        for entry in self.value("versions", []):
            wanted = entry.get("model", {}).get("version", entry["name"])
            entries[f"http://{self.fullname}-{entry['name']}"] = str(wanted)
        return entries

    @property
    def uses_keras(self) -> bool:
        """Return whether the file serves the Keras model instead of the scikit-learn model."""
        return bool(self.value("model.name") == "iris-keras")

    @property
    def runner(self) -> str:
        """The runner of the release's test."""
        return str(self.value("tests.runner", "helm"))

    @property
    def source(self) -> str:
        """The source of its model."""
        return str(self.value("model.source.type", "image"))
