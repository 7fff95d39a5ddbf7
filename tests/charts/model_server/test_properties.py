"""What holds for all values of this chart: what scales does not roll, and a version is on its own."""

from __future__ import annotations

import re

import pytest
from hypothesis import strategies as st

from tests.charts.draws import Drawn
from tests.charts.model_server.chart import SUBJECT
from tests.charts.model_server.drawn import DRAWS
from tests.charts.properties import for_all_pairs, in_shards, overlaid
from tests.harness import Manifests

pytestmark = pytest.mark.rests_on("charts/model-server", "tests/charts/model_server")

UNITS = DRAWS.drawing.units
SCALING = [path for path in UNITS if re.match(r"(replicaCount|autoscaling|keda|podDisruptionBudget)\b", path)]


@in_shards
def test_what_scales_the_pods_does_not_roll_them(shard: int) -> None:
    def check(before: Manifests, after: Manifests) -> None:
        for manifest in before.of_kind("Deployment"):
            template = after.one("Deployment", manifest.name).pod_template()
            assert template == manifest.pod_template(), f"the pods of {manifest} would be replaced"

    for_all_pairs(SUBJECT, shard, overlaid(DRAWS, DRAWS.drawing.some(5, SCALING)), check)


@in_shards
def test_a_version_changes_nothing_of_another_one(shard: int) -> None:
    two = DRAWS.drawing.at("versions").map(lambda entries: {**(entries[0] if entries else {}), "name": "two"})
    over = two.map(lambda entry: {"versions": [{"name": "one"}, entry]})

    def check(before: Manifests, after: Manifests) -> None:
        for manifest in before:
            if manifest.name.endswith("-one"):
                now = after.one(manifest.kind, manifest.name)
                assert now.body == manifest.body, f"{manifest} changes with the values of another version"

    base = DRAWS.cases(most=2).map(lambda drawn: drawn.case.with_values({"versions": [{"name": "one"}]}))
    pairs = st.tuples(base, over).map(lambda pair: (Drawn(pair[0]), Drawn(pair[0].with_values(pair[1]))))
    for_all_pairs(SUBJECT, shard, pairs, check)
