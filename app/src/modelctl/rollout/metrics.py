"""Read the metrics of both versions from Prometheus."""

from modelctl.rollout.analysis import Measurement, VersionMetrics
from modelctl.rollout.plan import Plan, Version
from modelctl.rollout.prometheus import Prometheus
from modelctl.rollout.queries import Query, fill


class PrometheusMetrics:
    """The metrics that the analysis needs."""

    def __init__(self, prometheus: Prometheus, plan: Plan, namespace: str) -> None:
        self._prometheus = prometheus
        self._plan = plan
        self._namespace = namespace

    def read(self, window_seconds: float) -> Measurement:
        """Read the metrics of the last `window_seconds`. Raises TemporaryError or ModelctlError."""
        # Prometheus rejects a window of less than a second.
        window = max(1, int(window_seconds))
        canary = self._plan.canary
        return Measurement(
            canary=self._version(canary, window),
            stable=self._version(self._plan.stable, window),
            compared_rows=self._query(Query.COMPARED_ROWS, canary, window),
            disagreement_ratio=self._query(Query.DISAGREEMENT_RATIO, canary, window),
        )

    def _version(self, version: Version, window: int) -> VersionMetrics:
        return VersionMetrics(
            requests=self._query(Query.REQUESTS, version, window),
            error_ratio=self._query(Query.ERROR_RATIO, version, window),
            client_error_ratio=self._query(Query.CLIENT_ERROR_RATIO, version, window),
            latency_seconds=self._query(Query.LATENCY, version, window),
        )

    def _query(self, query: Query, version: Version, window: int) -> float | None:
        return self._prometheus.query(
            fill(
                query,
                namespace=self._namespace,
                model=self._plan.model,
                version=version.model_version,
                window_seconds=window,
            )
        )
