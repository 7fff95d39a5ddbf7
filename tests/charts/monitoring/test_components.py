"""The components share one set of values for their pods."""

from __future__ import annotations

import pytest

from tests.charts.monitoring.chart import CHART_SPEC, COMPONENTS

SHARED = {
    *("image", "resources", "podAnnotations", "podLabels", "workloadAnnotations", "serviceAccount"),
    *("nodeSelector", "tolerations", "affinity", "topologySpreadConstraints", "priorityClassName", "schedulerName"),
    *(
        "extraArgs",
        "extraEnv",
        "extraEnvFrom",
        "extraVolumes",
        "extraVolumeMounts",
        "initContainers",
        "sidecars",
        "podSpec",
    ),
}
EXCEPTIONS = {
    ("nodeExporter", "topologySpreadConstraints"): "a DaemonSet has one pod on each node, so nothing is to be spread",
}


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_component_has_the_shared_values(component: str) -> None:
    exceptions = {key for name, key in EXCEPTIONS if name == component}
    missing = SHARED - set(CHART_SPEC.defaults[component])
    assert missing == exceptions, f"add these values to {component}, or correct EXCEPTIONS: {missing ^ exceptions}"


def test_the_values_of_an_account_are_the_same_for_every_component() -> None:
    keys = {component: frozenset(CHART_SPEC.defaults[component]["serviceAccount"]) for component in COMPONENTS}
    assert len(set(keys.values())) == 1, keys


def test_every_component_has_values() -> None:
    with_image = {key for key, value in CHART_SPEC.defaults.items() if isinstance(value, dict) and "image" in value}
    assert with_image == set(COMPONENTS), "list the new component in COMPONENTS"
