"""Invariants of this chart for every values file."""

from __future__ import annotations

from typing import Any

from tests.charts.model_server.chart import VALUES_FILES
from tests.harness import Case, Manifests, render
from tests.harness.objects import own, texts
from tests.harness.policy.selectors import selects
from tests.harness.selection import pods_of

MIRROR = "mirror.example.org/all"
OWN_CONTAINERS = {"model-server", "nginx"}


def test_finds_the_values_files() -> None:
    folders = [path.parent.name for path in VALUES_FILES]
    assert folders.count("ci") >= 4
    assert folders.count("values") >= 10, "examples/values has moved: correct VALUES_FILES in chart.py"


def test_probes_do_not_use_the_client_port(manifests: Manifests) -> None:
    for manifest, container in manifests.containers():
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            if container["name"] in OWN_CONTAINERS and probe in container:
                port = container[probe]["httpGet"]["port"]
                assert port != "http", f"{manifest}: {container['name']}: {probe} would queue behind requests"


def test_image_volume_has_the_reference_in_the_values(given: Case) -> None:
    mirrored = given.with_values({"global": {"imageRegistry": MIRROR}})
    for manifest, spec in render(mirrored).pod_specs():
        for volume in spec.get("volumes", []):
            if "image" in volume:
                assert volume["image"]["reference"] in texts(given.values), f"{manifest}: {volume['image']}"


def test_every_pod_has_the_scheduling_of_the_values(given: Case) -> None:
    placement: dict[str, Any] = {
        "nodeSelector": {"pool": "serving"},
        "tolerations": [{"key": "pool", "operator": "Exists"}],
        "priorityClassName": "high",
        "schedulerName": "packing",
    }
    balancer = {**placement, "nodeSelector": {"pool": "edge"}, "priorityClassName": "higher"}
    of_nginx = {key: balancer[key] for key in balancer if key != "schedulerName"}
    manifests = render(given.with_values({**placement, "nginx": of_nginx}))
    assert own(manifests)
    for manifest, spec in manifests.pod_specs():
        is_nginx = any(container["name"] == "nginx" for container in spec["containers"])
        wanted, values = (balancer, given.values["nginx"]) if is_nginx else (placement, given.values)
        nodes = {**values.get("nodeSelector", {}), **wanted["nodeSelector"]}
        assert {key: spec[key] for key in wanted} == {**wanted, "nodeSelector": nodes}, f"{manifest}"


def test_every_server_has_a_disruption_budget(manifests: Manifests, given: Case) -> None:
    budgets = manifests.of_kind("PodDisruptionBudget")
    if given.values.get("podDisruptionBudget", {}).get("enabled", True):
        for key, labels in pods_of(manifests).items():
            over = [budget for budget in budgets if selects(budget.spec["selector"], labels)]
            assert over or not key.startswith("Deployment/"), f"{key}: no PodDisruptionBudget selects it"


def test_service_monitor_selects_only_the_metrics_service(manifests: Manifests) -> None:
    for monitor in manifests.of_kind("ServiceMonitor"):
        services = [each for each in own(manifests) if each.kind == "Service"]
        found = [each.name for each in services if selects(monitor.spec["selector"], each.labels)]
        (metrics,) = [each for each in services if each.source == "monitoring/service.yaml"]
        assert found == [metrics.name], f"{monitor}: selects the Services {found}, which would all be scraped"
        assert "namespaceSelector" not in monitor.spec, f"{monitor}: must not select other namespaces"
