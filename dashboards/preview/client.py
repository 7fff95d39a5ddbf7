"""Prometheus' HTTP API, as far as a picture needs it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import requests

from dashboards.errors import DashboardError

TIMEOUT_SECONDS: Final = 30.0
_USER: Final = re.compile(r"//[^/]*@")


class RefusedQuery(DashboardError):
    """Prometheus answers, but not this query."""


@dataclass(frozen=True)
class Sample:
    """One series, now."""

    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True)
class Series:
    """One series over time."""

    labels: Mapping[str, str]
    times: tuple[float, ...]
    values: tuple[float, ...]


class Prometheus:
    """A Prometheus that runs. The URL may hold a user and a password; else those of ~/.netrc are sent."""

    def __init__(self, url: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self._url = url.rstrip("/")
        # Messages end up in logs, a password must not.
        self._name = _USER.sub("//", self._url)
        self._timeout = timeout
        self._session = requests.Session()

    def query(self, expression: str, at: float) -> list[Sample]:
        """The answer at one time; raises DashboardError, RefusedQuery where only this query is wrong."""
        data = self._ask("query", {"query": expression, "time": f"{at:.3f}"})
        if data["resultType"] == "scalar":
            return [Sample({}, _number(data["result"][1]))]
        if data["resultType"] != "vector":
            raise RefusedQuery(f"{expression!r} gives a {data['resultType']}.", "Ask for figures at one time.")
        return [Sample(one["metric"], _number(one["value"][1])) for one in data["result"]]

    def query_range(self, expression: str, start: float, end: float, step: float) -> list[Series]:
        """The answer over time; raises DashboardError, RefusedQuery where only this query is wrong."""
        parameters = {"query": expression, "start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step:g}"}
        data = self._ask("query_range", parameters)
        return [
            Series(
                one["metric"],
                tuple(float(time) for time, _ in one["values"]),
                tuple(_number(value) for _, value in one["values"]),
            )
            for one in data["result"]
        ]

    def _ask(self, endpoint: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        address = f"{self._url}/api/v1/{endpoint}"
        try:
            # Queries can be longer than a URL may be.
            response = self._session.post(address, data=parameters, timeout=self._timeout)
            answer = response.json()
        except requests.JSONDecodeError as error:
            raise DashboardError(
                f"{self._name} answers with code {response.status_code} and no JSON.",
                "Name the address of Prometheus, with user and password where it wants them.",
            ) from error
        except requests.RequestException as error:
            raise DashboardError(
                f"{self._name} does not answer: {error.__class__.__name__}.",
                "Check the address; in a cluster, forward the port first: kubectl port-forward.",
            ) from error
        if not isinstance(answer, dict) or answer.get("status") not in ("success", "error"):
            raise DashboardError(f"{self._name} is no Prometheus.", "Name the address of Prometheus.")
        if answer["status"] == "error":
            said = f"{answer.get('errorType', 'error')}: {answer.get('error', '')}"
            raise RefusedQuery(f"Prometheus refuses {parameters['query']!r}: {said}.", "Mend the query.")
        return dict(answer["data"])


def _number(text: str) -> float:
    # Prometheus writes NaN, +Inf and -Inf.
    try:
        return float(text)
    except ValueError:
        return math.nan
