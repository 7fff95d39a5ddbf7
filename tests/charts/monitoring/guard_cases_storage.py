"""Invalid values of volumes, each with the validation error of the chart."""

from __future__ import annotations

from typing import Any

from tests.charts.guards import Cases

CLAIM: dict[str, Any] = {"persistence": {"existingClaim": "old"}}


def with_claim(**values: Any) -> dict[str, Any]:
    """Return the values of a component with an existing claim and other values of persistence."""
    return {"persistence": {"existingClaim": "old", **values}}


STORAGE: Cases = [
    (
        {"grafana": with_claim(enabled=False)},
        'grafana.persistence.existingClaim: is "old", but grafana.persistence.enabled is false. Set '
        "grafana.persistence.enabled to true, or remove grafana.persistence.existingClaim.",
    ),
    (
        {"prometheus": {"replicaCount": 2, **CLAIM}},
        'prometheus.persistence.existingClaim: is "old", but prometheus.replicaCount is 2, and replicas cannot share a '
        "volume. Set prometheus.replicaCount to 1, or remove prometheus.persistence.existingClaim.",
    ),
    (
        {"prometheus": CLAIM, "alertmanager": CLAIM},
        'alertmanager.persistence.existingClaim: "old" is also the claim of prometheus. Use another claim.',
    ),
    *(
        (
            {"prometheus": with_claim(**{key: value})},
            f'prometheus.persistence.{key}: has no effect on the existing claim "old". Remove it, or remove '
            "prometheus.persistence.existingClaim.",
        )
        for key, value in (
            ("storageClassName", "fast"),
            ("selector", {"matchLabels": {"a": "b"}}),
            ("labels", {"a": "b"}),
            ("annotations", {"a": "b"}),
        )
    ),
]
ALLOWED: list[dict[str, Any]] = [
    {"prometheus": with_claim(size="100Gi"), "grafana": {"persistence": {"existingClaim": "other"}}},
    {"prometheus": {"persistence": {"storageClassName": "-", "selector": {"matchLabels": {"a": "b"}}}}},
]
