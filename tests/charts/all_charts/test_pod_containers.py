"""Names and resources of the containers in the rendering of each values file."""

from __future__ import annotations

from tests.charts.chart_specs import own_containers, spec_of
from tests.harness import Case, Manifests
from tests.harness.objects import containers, texts


def test_every_container_is_the_charts_own_or_from_values(manifests: Manifests, given: Case) -> None:
    users = set(texts(given.values))
    for manifest, container in manifests.containers():
        is_known = container["name"] in spec_of(given).containers or container["name"] in users
        assert is_known or not manifest.is_own, (
            f"{manifest}: add {container['name']} to CHART_SPEC.containers in chart.py"
        )


def test_container_names_are_unique_in_a_pod(manifests: Manifests) -> None:
    for manifest, spec in manifests.pod_specs():
        names = [container["name"] for container in containers(spec)]
        assert len(names) == len(set(names)), f"{manifest}: duplicate container names in {names}"


def test_own_containers_have_requests_and_a_memory_limit(manifests: Manifests, given: Case) -> None:
    for manifest, container in own_containers(manifests, given):
        resources = container["resources"]
        assert {"cpu", "memory"} <= set(resources["requests"]), f"{manifest}: {container['name']}: set requests"
        assert "memory" in resources["limits"], f"{manifest}: {container['name']}: set a memory limit"
