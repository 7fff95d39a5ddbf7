"""Waiting until Envoy has the configuration of every applied object.

Istio batches changes until a tenth of a second passes without one, and then pushes all of them to its proxies. So a
marker that is applied after the objects of a test arrives with them or later. It is a route on a separate port.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

from tests.istio_local import gateway
from tests.istio_local.api import Api
from tests.istio_local.gateway import Gateway
from tests.istio_local.programs import Programs

NAME = "marker"
HOST = "marker.loopback"
WARMING = r"^(cluster_manager\.warming_clusters|listener_manager\.total_listeners_warming)$"


class Marker:
    """A route whose body is an increasing number. Envoy's configuration has it even if policies block requests."""

    def __init__(self, programs: Programs, api: Api, running: Gateway) -> None:
        self._programs = programs
        self._api = api
        self._gateway = running
        self._numbers = itertools.count(1)
        api.apply(_gateway(), gateway.NAMESPACE)

    def settle(self) -> None:
        """Wait until Envoy has the configuration of everything that was applied, and has warmed it up."""
        number = str(next(self._numbers))
        self._api.apply(_route(number), gateway.NAMESPACE)
        self._programs.until(f"the gateway has received change {number}", lambda: self._has(number))
        self._programs.until("the gateway has no warming clusters or listeners", self._is_warm)

    def _has(self, number: str) -> bool:
        received = self._gateway.config_dump("dynamic_route_configs", rf"^http\.{self._gateway.marker}$")
        return f'"inline_string": "{number}"' in json.dumps(received)

    def _is_warm(self) -> bool:
        return not any(self._gateway.stats(WARMING).values())


def _gateway() -> dict[str, Any]:
    port = {"number": gateway.MARKER_PORT, "name": "http-marker", "protocol": "HTTP"}
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "Gateway",
        "metadata": {"name": NAME},
        "spec": {"selector": gateway.LABELS, "servers": [{"port": port, "hosts": [HOST]}]},
    }


def _route(number: str) -> dict[str, Any]:
    answer = {"directResponse": {"status": 200, "body": {"string": number}}}
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": NAME},
        "spec": {"hosts": [HOST], "gateways": [NAME], "http": [answer]},
    }
