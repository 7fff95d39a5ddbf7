"""The release of charts/istio-routing of the tests in the mesh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devkit.workloads import routing

VALUES = Path(__file__).with_name("routing.yaml")
HOST = "iris.e2e.example.org"
GATEWAY = routing.GATEWAY


@dataclass(frozen=True)
class Routes:
    """The release in a namespace."""

    namespace: str
    name: str = "routes"

    def upgrade(self, values: Mapping[str, Any] | None = None) -> None:
        """Install or upgrade the release with the file's values, overridden by ``values``."""
        routing.install(self.name, self.namespace, VALUES, values)

    def split(self, **weights: int) -> None:
        """Set the weights of the versions in per cent: ``split(v1=90, v2=10)``."""
        self.upgrade({"versions": [{"name": name[1:], "weight": weight} for name, weight in weights.items()]})

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a request to the gateway."""
        return {"Host": HOST}
