"""Selectors match exactly the intended pods, in every values file."""

from __future__ import annotations

from dataclasses import replace

from tests.charts.chart_specs import spec_of
from tests.harness import Case, Manifests, merged, render
from tests.harness.objects import own
from tests.harness.policy.selectors import selects
from tests.harness.selection import pods_of, selected, selectors_of

WITH_SELECTOR = ("Deployment", "StatefulSet", "DaemonSet", "PodDisruptionBudget", "Service")


def test_selectors_match_the_expected_workloads(manifests: Manifests, given: Case) -> None:
    for manifest in own(manifests):
        for selector in selectors_of(manifest):
            expected = spec_of(given).expected_workloads(manifests, manifest, given)
            found = selected(manifests, selector)
            assert found == expected, f"{manifest}: selects {sorted(found)}, not {sorted(expected)}"


def test_no_pod_has_two_disruption_budgets(manifests: Manifests) -> None:
    budgets = manifests.of_kind("PodDisruptionBudget")
    for key, labels in pods_of(manifests).items():
        over = [str(budget) for budget in budgets if selects(budget.spec["selector"], labels)]
        assert len(over) <= 1, f"{key}: the API server would refuse every eviction, because it is covered by {over}"


def test_selectors_ignore_mutable_values(given: Case) -> None:
    chart_spec = spec_of(given)
    values = chart_spec.without_ignored(merged(given.values, chart_spec.mutable_values))
    before, after = render(given), render(replace(given, values=values))
    for manifest in own(before):
        if manifest.kind in WITH_SELECTOR:
            changed = after.one(manifest.kind, manifest.name).spec.get("selector")
            assert manifest.spec.get("selector") == changed, f"{manifest}: remove mutable values from the selector"


def test_an_autoscaler_counts_only_its_own_pods(manifests: Manifests) -> None:
    for kind in ("HorizontalPodAutoscaler", "ScaledObject"):
        for scaler in manifests.of_kind(kind):
            target = scaler.spec["scaleTargetRef"]
            assert target["apiVersion"] == "apps/v1"
            scaled = manifests.one(target["kind"], target["name"])
            assert scaler.name == scaled.name, f"{scaler}: scales {scaled}"
            counted = selected(manifests, scaled.spec["selector"])
            assert counted == {f"{scaled.kind}/{scaled.name}"}, f"{scaler}: counts the pods of {sorted(counted)}"


def test_topology_spread_counts_the_same_workload(manifests: Manifests, given: Case) -> None:
    for manifest, spec in manifests.pod_specs():
        for spread in spec.get("topologySpreadConstraints", []):
            found = selected(manifests, spread["labelSelector"])
            expected = spec_of(given).expected_workloads(manifests, manifest, given)
            assert found == expected, f"{manifest}: its topology spread counts {sorted(found)}, not {sorted(expected)}"
