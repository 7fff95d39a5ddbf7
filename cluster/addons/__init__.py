"""Add-ons: metrics-server in every cluster; Istio and the OpenTelemetry Collector on request."""

from cluster.addons.install import install, metrics_available

__all__ = ["install", "metrics_available"]
