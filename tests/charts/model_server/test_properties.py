"""Properties of all valid values: scaling restarts no pod, and versions are independent."""

from __future__ import annotations

import re

import pytest
from hypothesis import strategies as st

from tests.charts.model_server.chart import CHART_SPEC
from tests.charts.model_server.strategies import STRATEGIES
from tests.charts.properties import for_all_pairs, in_shards, overlaid
from tests.charts.strategies import GeneratedCase
from tests.harness import Manifests

pytestmark = pytest.mark.depends_on_files("charts/model-server", "tests/charts/model_server")

UNITS = STRATEGIES.schema_strategies.units
SCALING = [path for path in UNITS if re.match(r"(replicaCount|autoscaling|keda|podDisruptionBudget)\b", path)]


@in_shards
def test_scaling_values_do_not_restart_pods(shard: int) -> None:
    def check(before: Manifests, after: Manifests) -> None:
        for manifest in before.of_kind("Deployment"):
            template = after.one("Deployment", manifest.name).pod_template()
            assert template == manifest.pod_template(), f"the pods of {manifest} would be replaced"

    for_all_pairs(CHART_SPEC, shard, overlaid(STRATEGIES, STRATEGIES.schema_strategies.some(5, SCALING)), check)


@in_shards
def test_version_changes_no_object_of_another(shard: int) -> None:
    two = STRATEGIES.schema_strategies.at("versions").map(
        lambda entries: {**(entries[0] if entries else {}), "name": "two"}
    )
    over = two.map(lambda entry: {"versions": [{"name": "one"}, entry]})

    def check(before: Manifests, after: Manifests) -> None:
        for manifest in before:
            if manifest.name.endswith("-one"):
                now = after.one(manifest.kind, manifest.name)
                assert now.body == manifest.body, f"{manifest} changes with the values of another version"

    base = STRATEGIES.cases(most=2).map(lambda drawn: drawn.case.with_values({"versions": [{"name": "one"}]}))
    pairs = st.tuples(base, over).map(
        lambda pair: (GeneratedCase(pair[0]), GeneratedCase(pair[0].with_values(pair[1])))
    )
    for_all_pairs(CHART_SPEC, shard, pairs, check)
