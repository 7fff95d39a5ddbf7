"""The figures of both versions, from Prometheus."""

from modelctl.rollout.analysis import Reading, VersionFigures
from modelctl.rollout.plan import Plan, Version
from modelctl.rollout.prometheus import Prometheus
from modelctl.rollout.queries import Query, filled


class PrometheusFigures:
    """Asks for what a decision rests on."""

    def __init__(self, prometheus: Prometheus, plan: Plan, namespace: str) -> None:
        self._prometheus = prometheus
        self._plan = plan
        self._namespace = namespace

    def read(self, window_seconds: float) -> Reading:
        """Ask about the last seconds. Raises TemporaryError or ModelctlError."""
        # Never less than a second, which Prometheus would refuse.
        window = max(1, int(window_seconds))
        canary = self._plan.target
        return Reading(
            canary=self._version(canary, window),
            stable=self._version(self._plan.source, window),
            compared_rows=self._ask(Query.COMPARED_ROWS, canary, window),
            disagreement_ratio=self._ask(Query.DISAGREEMENT_RATIO, canary, window),
        )

    def _version(self, version: Version, window: int) -> VersionFigures:
        return VersionFigures(
            requests=self._ask(Query.REQUESTS, version, window),
            error_ratio=self._ask(Query.ERROR_RATIO, version, window),
            refused_ratio=self._ask(Query.REFUSED_RATIO, version, window),
            latency_seconds=self._ask(Query.LATENCY, version, window),
        )

    def _ask(self, query: Query, version: Version, window: int) -> float | None:
        return self._prometheus.ask(
            filled(
                query,
                namespace=self._namespace,
                model=self._plan.model,
                version=version.model_version,
                window_seconds=window,
            )
        )
