"""A client of Prometheus' HTTP API."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import requests

from devkit.errors import UserError

TIMEOUT_SECONDS: Final = 30.0
_USER: Final = re.compile(r"//[^/]*@")


class QueryError(UserError):
    """Prometheus answers, but rejects this query."""


@dataclass(frozen=True)
class Sample:
    """The value of one series at one time."""

    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True)
class Series:
    """The values of one series over time. ``times`` are Unix timestamps in seconds."""

    labels: Mapping[str, str]
    times: tuple[float, ...]
    values: tuple[float, ...]


class Prometheus:
    """A running Prometheus. The URL may contain a user and a password; without them, those of ~/.netrc are sent.

    Every method raises :class:`UserError` if Prometheus does not answer, and :class:`QueryError` if it rejects the
    request.
    """

    def __init__(self, url: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self._url = url.rstrip("/")
        # Messages end up in logs, where a password must not.
        self._name = _USER.sub("//", self._url)
        self._timeout = timeout
        self._session = requests.Session()

    def query(self, expression: str, at: float | None = None) -> list[Sample]:
        """Evaluate an expression at a Unix timestamp, by default now."""
        data = self._post("query", {"query": expression, "time": f"{time.time() if at is None else at:.3f}"})
        if data["resultType"] == "scalar":
            return [Sample({}, _number(data["result"][1]))]
        if data["resultType"] != "vector":
            raise QueryError(
                f"{expression!r} returns a {data['resultType']}.", "Query an instant vector or a scalar instead."
            )
        return [Sample(one["metric"], _number(one["value"][1])) for one in data["result"]]

    def value(self, expression: str) -> float | None:
        """Return the current value of an expression with at most one series, or None if it has none."""
        samples = self.query(expression)
        if len(samples) > 1:
            raise QueryError(f"{expression!r} returns {len(samples)} series.", "Aggregate them to a single one.")
        return samples[0].value if samples else None

    def query_range(self, expression: str, start: float, end: float, step: float) -> list[Series]:
        """Evaluate an expression every ``step`` seconds between two Unix timestamps."""
        parameters = {"query": expression, "start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step:g}"}
        return _series(self._post("query_range", parameters))

    def raw_samples(self, range_selector: str) -> list[Series]:
        """Return the stored samples of a range selector such as ``up[5m]``, at the times of their scrapes."""
        return _series(self._post("query", {"query": range_selector}))

    def targets(self) -> list[dict[str, Any]]:
        """Return the active scrape targets, as the API describes them."""
        return list(self._get("targets", {"state": "active"})["activeTargets"])

    def rules(self) -> list[dict[str, Any]]:
        """Return every rule with its health and its last error, as the API describes them."""
        return [rule for group in self._get("rules")["groups"] for rule in group["rules"]]

    def firing_alerts(self) -> dict[str, list[dict[str, str]]]:
        """Return the label sets of the firing alerts by the name of the alert."""
        firing: dict[str, list[dict[str, str]]] = {}
        for alert in self._get("alerts")["alerts"]:
            if alert["state"] == "firing":
                firing.setdefault(alert["labels"]["alertname"], []).append(alert["labels"])
        return firing

    def metric_names(self) -> set[str]:
        """Return the names of all scraped and recorded metrics."""
        return set(self._get("label/__name__/values"))

    def configuration(self) -> str:
        """Return the loaded configuration as YAML."""
        return str(self._get("status/config")["yaml"])

    def _post(self, endpoint: str, parameters: Mapping[str, str]) -> Any:
        # Queries can be longer than a URL may be.
        return self._data("POST", endpoint, {"data": parameters}, parameters["query"])

    def _get(self, endpoint: str, parameters: Mapping[str, str] | None = None) -> Any:
        return self._data("GET", endpoint, {"params": parameters}, endpoint)

    def _data(self, method: str, endpoint: str, parameters: dict[str, Any], request: str) -> Any:
        url = f"{self._url}/api/v1/{endpoint}"
        try:
            response = self._session.request(method, url, **parameters, timeout=self._timeout)
            answer = response.json()
        except requests.JSONDecodeError as error:
            raise UserError(
                f"{self._name} answers with status {response.status_code}, but not with JSON.",
                "Name the address of Prometheus, with user and password if it requires them.",
            ) from error
        except requests.RequestException as error:
            raise UserError(
                f"{self._name} does not answer: {error.__class__.__name__}.",
                "Check the address; in a cluster, forward the port first: kubectl port-forward.",
            ) from error
        if not isinstance(answer, dict) or answer.get("status") not in ("success", "error"):
            raise UserError(f"{self._name} is not a Prometheus.", "Name the address of Prometheus.")
        if answer["status"] == "error":
            reason = f"{answer.get('errorType', 'error')}: {answer.get('error', '')}"
            raise QueryError(f"Prometheus rejects {request!r}: {reason}.", "Correct the query.")
        return answer["data"]


def _series(data: Any) -> list[Series]:
    return [
        Series(
            one["metric"],
            tuple(float(time) for time, _ in one["values"]),
            tuple(_number(value) for _, value in one["values"]),
        )
        for one in data["result"]
    ]


def _number(text: str) -> float:
    # Prometheus writes NaN, +Inf and -Inf.
    try:
        return float(text)
    except ValueError:
        return math.nan
