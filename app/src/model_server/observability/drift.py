"""The metrics of drift, computed when they are scraped."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from model_server.drift.monitor import DriftMonitor


class DriftCollector:
    """Exports the reading of a monitor. An index is left out until the window has enough rows."""

    def __init__(self, monitor: DriftMonitor, model: str, version: str) -> None:
        self._monitor = monitor
        self._labels = (model, version)

    def collect(self) -> Iterator[Metric]:
        """Read the monitor. The registry calls it for each scrape."""
        labels = ("model", "version")
        reading = self._monitor.reading()
        rows = GaugeMetricFamily(
            "model_server_drift_rows", "Most recent rows from which drift is computed.", labels=labels
        )
        rows.add_metric(self._labels, reading.rows)
        yield rows
        features = GaugeMetricFamily(
            "model_server_feature_drift_psi",
            "Population stability index of a feature: the most recent rows against the training data.",
            labels=(*labels, "feature"),
        )
        for name, index in reading.features.items():
            features.add_metric((*self._labels, name), index)
        yield features
        prediction = GaugeMetricFamily(
            "model_server_prediction_drift_psi",
            "Population stability index of the predictions: the most recent ones against those on the training data.",
            labels=labels,
        )
        if reading.prediction is not None:
            prediction.add_metric(self._labels, reading.prediction)
        yield prediction
