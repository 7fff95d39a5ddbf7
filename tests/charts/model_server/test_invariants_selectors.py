"""Who selects which pods, in every values file. A selector that takes one pod too many is seen when it is too late."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.charts.model_server.chart import own
from tests.harness import Case, Manifest, Manifests, render
from tests.harness.policy.selectors import selects

Labels = Mapping[str, str]
Pods = dict[str, Labels]


def pods_of(manifests: Manifests) -> Pods:
    """The labels of all pods, by "Kind/name" of what makes them."""
    made = {f"{each.kind}/{each.name}": each.pod_template() for each in own(manifests)}
    return {key: template["metadata"].get("labels", {}) for key, template in made.items() if template is not None}


def running(manifests: Manifests, container: str) -> set[str]:
    """What makes the pods that run a container: "model-server", "nginx" or "test"."""
    return {
        f"{each.kind}/{each.name}"
        for each, spec in manifests.pod_specs()
        if any(item["name"] == container for item in spec["containers"])
    }


def selectors_of(manifest: Manifest) -> Iterator[Mapping[str, Any]]:
    """Every selector of pods in an object's spec."""
    spec = manifest.body.get("spec") or {}
    if manifest.kind == "Service":
        yield {"matchLabels": spec["selector"]}
    elif manifest.kind == "NetworkPolicy":
        yield spec["podSelector"]
    elif manifest.kind in ("Deployment", "PodDisruptionBudget", "PodMonitor"):
        yield spec["selector"]


def _servers(manifests: Manifests, _manifest: Manifest, _given: Case) -> set[str]:
    return running(manifests, "model-server")


def _served(manifests: Manifests, _manifest: Manifest, given: Case) -> set[str]:
    chosen = given.values.get("service", {}).get("version")
    pods = pods_of(manifests)
    return {key for key in running(manifests, "model-server") if not chosen or pods[key]["version"] == str(chosen)}


def _nginx(manifests: Manifests, _manifest: Manifest, _given: Case) -> set[str]:
    return running(manifests, "nginx")


def _same_name(_manifests: Manifests, manifest: Manifest, _given: Case) -> set[str]:
    return {f"Deployment/{manifest.name}"}


def is_unlisted(manifest: Manifest, given: Case) -> bool:
    """Whether it is the Deployment without a version that stands beside those of versions.

    A selector cannot change, so this one takes the versions' pods, too. They belong to ReplicaSets of another owner,
    and a Deployment counts only what its own have made.
    """
    is_server = manifest.template.endswith("/server/deployment.yaml")
    return is_server and bool(given.values.get("keepUnlisted")) and "version" not in manifest.labels


# What the selectors of a template are to select.
SELECTED: dict[str, Callable[[Manifests, Manifest, Case], set[str]]] = {
    "access/networkpolicy.yaml": _servers,
    "monitoring/podmonitor.yaml": _servers,
    "monitoring/service.yaml": _servers,
    "nginx/deployment.yaml": _nginx,
    "nginx/networkpolicy.yaml": _nginx,
    "nginx/poddisruptionbudget.yaml": _nginx,
    "nginx/service.yaml": _nginx,
    "nginx/service-pods.yaml": _served,
    "server/deployment.yaml": _same_name,
    "server/poddisruptionbudget.yaml": _same_name,
    "traffic/service.yaml": _served,
    "traffic/service-version.yaml": _same_name,
}


def test_every_selector_selects_what_it_should_and_nothing_else(manifests: Manifests, given: Case) -> None:
    pods = pods_of(manifests)
    for manifest in own(manifests):
        source = manifest.template.partition("/templates/")[2]
        for selector in selectors_of(manifest):
            assert source in SELECTED, f"{manifest} has a selector: say in SELECTED what it is for"
            expected = SELECTED[source](manifests, manifest, given)
            if is_unlisted(manifest, given):
                expected = _servers(manifests, manifest, given)
            found = {key for key, labels in pods.items() if selects(selector, labels)}
            assert found == expected, f"{manifest}: selects {sorted(found)}, not {sorted(expected)}"


def test_no_pod_is_under_two_budgets_and_each_server_is_under_one(manifests: Manifests, given: Case) -> None:
    budgets = manifests.of_kind("PodDisruptionBudget")
    for key, labels in pods_of(manifests).items():
        over = [str(budget) for budget in budgets if selects(budget.spec["selector"], labels)]
        assert len(over) <= 1, f"{key}: nobody could evict it, for it is under {over}"
        if key.startswith("Deployment/") and given.values.get("podDisruptionBudget", {}).get("enabled", True):
            assert over, f"{key}: no budget protects it"


def test_selectors_hold_only_what_stays_for_a_releases_life(given: Case) -> None:
    other = {"commonLabels": {"a": "b"}, "podLabels": {"c": "d"}, "model": {"version": 7}, "image": {"tag": "9"}}
    before, after = render(given), render(given.with_values(other))
    for manifest in own(before):
        if manifest.kind in ("Deployment", "PodDisruptionBudget", "Service"):
            changed = after.one(manifest.kind, manifest.name).spec["selector"]
            assert manifest.spec["selector"] == changed, f"{manifest}: keep what changes out of the selector"


def test_an_autoscaler_counts_only_the_pods_that_it_scales(manifests: Manifests) -> None:
    pods = pods_of(manifests)
    for kind in ("HorizontalPodAutoscaler", "ScaledObject"):
        for scaler in manifests.of_kind(kind):
            target = scaler.spec["scaleTargetRef"]
            assert (target["apiVersion"], target["kind"]) == ("apps/v1", "Deployment")
            deployment = manifests.one("Deployment", target["name"])
            assert scaler.name == deployment.name, f"{scaler}: scales {deployment}"
            counted = {key for key, labels in pods.items() if selects(deployment.spec["selector"], labels)}
            assert counted == {f"Deployment/{deployment.name}"}, f"{scaler}: counts the pods of {sorted(counted)}"


def test_a_monitor_scrapes_each_server_once_and_nothing_else(manifests: Manifests) -> None:
    for monitor in manifests.of_kind("ServiceMonitor"):
        services = [each for each in own(manifests) if each.kind == "Service"]
        found = [each.name for each in services if selects(monitor.spec["selector"], each.labels)]
        (metrics,) = [each for each in services if each.template.endswith("/monitoring/service.yaml")]
        assert found == [metrics.name], f"{monitor}: finds the Services {found}: each would be scraped"
        assert "namespaceSelector" not in monitor.spec, f"{monitor}: other namespaces are not its own"


def test_pods_spread_among_their_own_kind(manifests: Manifests, given: Case) -> None:
    pods = pods_of(manifests)
    for manifest, spec in manifests.pod_specs():
        for spread in spec.get("topologySpreadConstraints", []):
            found = {key for key, labels in pods.items() if selects(spread["labelSelector"], labels)}
            expected = (_servers if is_unlisted(manifest, given) else _same_name)(manifests, manifest, given)
            assert found == expected, f"{manifest}: spreads among {sorted(found)}"
