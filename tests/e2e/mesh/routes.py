"""The release of charts/istio-routing that the tests of the mesh change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from examples.iris import canary, release

CHART = canary.ROUTING_CHART
VALUES = Path(__file__).with_name("routing.yaml")
HOST = "iris.e2e.example.org"
GATEWAY = canary.GATEWAY


@dataclass(frozen=True)
class Routes:
    """The release, in one namespace."""

    namespace: str
    name: str = "routes"

    def upgrade(self, values: Mapping[str, Any] | None = None) -> None:
        """Install, or upgrade to exactly these values over the file's."""
        settings = [f"{key}={json.dumps(value)}" for key, value in (values or {}).items()]
        release.helm(
            *("upgrade", self.name, CHART, "--install", "--namespace", self.namespace, "--values", VALUES),
            *(part for setting in settings for part in ("--set-json", setting)),
        )

    def split(self, **weights: int) -> None:
        """Send so many per cent to each version: ``split(v1=90, v2=10)``."""
        self.upgrade({"versions": [{"name": name[1:], "weight": weight} for name, weight in weights.items()]})

    @property
    def headers(self) -> dict[str, str]:
        """What a request to the gateway carries."""
        return {"Host": HOST}
