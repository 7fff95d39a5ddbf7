"""What the tests ask of Prometheus' HTTP API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Prometheus:
    """A Prometheus that runs, at an address."""

    url: str

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The series that a query has now: each with `metric`, its labels, and `value`, a time and a text."""
        return list(self._data("query", query=expression)["result"])

    def value(self, expression: str) -> float | None:
        """The figure of a query that has one, or nothing while it has none."""
        found = self.query(expression)
        assert len(found) < 2, f"{expression} has {len(found)} figures"
        return float(found[0]["value"][1]) if found else None

    def targets(self) -> list[dict[str, Any]]:
        """Everything that is scraped."""
        return list(self._data("targets", state="active")["activeTargets"])

    def rules(self) -> list[dict[str, Any]]:
        """Every rule that is evaluated, with its health and last error."""
        return [rule for group in self._data("rules")["groups"] for rule in group["rules"]]

    def firing(self) -> dict[str, list[dict[str, str]]]:
        """The labels of the alerts that fire, by their names."""
        found: dict[str, list[dict[str, str]]] = {}
        for alert in self._data("alerts")["alerts"]:
            if alert["state"] == "firing":
                found.setdefault(alert["labels"]["alertname"], []).append(alert["labels"])
        return found

    def metric_names(self) -> set[str]:
        """The name of every series that was read or recorded."""
        return set(self._data("label/__name__/values"))

    def configuration(self) -> str:
        """The configuration that is in use."""
        return str(self._data("status/config")["yaml"])

    def _data(self, endpoint: str, **parameters: str) -> Any:
        answer = requests.get(f"{self.url}/api/v1/{endpoint}", params=parameters, timeout=TIMEOUT_SECONDS)
        assert answer.ok, f"{endpoint} {parameters}: {answer.status_code} {answer.text[:500]}"
        return answer.json()["data"]
