"""Properties that hold for all values. Runs generate the same values; a failure shows the smallest ones."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import assume
from hypothesis import strategies as st

from tests.charts.chart_spec import ChartSpec
from tests.charts.chart_specs import strategies_of
from tests.charts.judges import refused_by_rules, refused_by_schema, unwritten, versions
from tests.charts.properties import SHARDS, for_all_pairs, in_shards, overlaid, rendered
from tests.charts.strategies import ChartStrategies, GeneratedCase
from tests.harness import Case, HelmError, Manifests, merged, render
from tests.harness.field_paths import set_field
from tests.harness.objects import own
from tests.harness.schema_leaves import Schema, resolved
from tests.harness.strategies import for_all

# Cases for each leaf, and mistakes in a shard.
VALID = 3
# Minimum number of valid cases of a shard, so that the shares of a chart with few values mean something.
VALID_OF_SHARD = 30
INVALID = 20

# Values that may change a selector, because they decide which workloads there are.
NAMES = re.compile(r"(name|fullname)Override|versions|keepUnversioned|service\.version|extraObjects")
WRONG: tuple[Any, ...] = (-1, 0, 0.5, 70000, True, "", "a b", "é", "0", "-", "x" * 300, [], [1], {"a": 1}, {"é ": "é"})


@pytest.fixture(scope="module")
def strategies(chart_spec: ChartSpec) -> ChartStrategies:
    return strategies_of(chart_spec)


@in_shards
def test_valid_values_render_or_are_refused_by_a_guard(
    chart_spec: ChartSpec, strategies: ChartStrategies, shard: int, tmp_path: Path
) -> None:
    outcomes = Counter[str]()

    def check(generated: GeneratedCase) -> None:
        manifests = rendered(chart_spec, generated.case)
        outcomes["refused" if manifests is None else "rendered"] += 1
        for defect in [] if manifests is None else defects(manifests, generated.case, strategies, tmp_path):
            raise AssertionError(f"{defect}\n\n{generated}")

    # One leaf at a time, because at random some leaves would be set often and others never.
    units = list(enumerate(strategies.schema_strategies.units))[shard::SHARDS]
    for index, unit in units:
        for_all(strategies.cases(unit), check, max(VALID, VALID_OF_SHARD // len(units)), index)
    # A test in which nothing is rendered, or nothing refused, proves nothing.
    assert outcomes["rendered"] > outcomes["refused"] / 2, f"{outcomes}: generate fewer values that guards refuse"
    assert outcomes["refused"] > outcomes["rendered"] / 50, f"{outcomes}: generate more values that guards refuse"


def defects(manifests: Manifests, case: Case, strategies: ChartStrategies, folder: Path) -> Iterator[str]:
    """Yield the errors of Kubernetes, or of a program in the pods, for a rendering."""
    yield from refused_by_rules(manifests)
    for version in versions(strategies.chart_spec):
        yield from refused_by_schema(manifests, version)
    yield from unwritten(manifests)
    namespace = case.values.get("namespaceOverride") or case.namespace
    for manifest in own(manifests):
        is_at_home = manifest.is_namespaced and manifest.source not in strategies.chart_spec.other_namespaces
        if is_at_home and manifest.body["metadata"].get("namespace") != namespace:
            yield f"{manifest}: is in the wrong namespace"
    yield from strategies.program_errors(manifests, folder)


@in_shards
def test_invalid_values_are_refused_with_their_path(chart_spec: ChartSpec, shard: int) -> None:
    validators = {
        path: jsonschema_rs.Draft7Validator({**leaf.schema, "definitions": chart_spec.schema["definitions"]})
        for path, leaf in chart_spec.leaves.items()
        if not leaf.section
    }

    def check(generated: tuple[str, Any]) -> None:
        path, value = generated
        assume(not validators[path].is_valid(value))
        where = pointer(path)
        text = refusal(chart_spec, set_field({}, path, value))
        assert f"at '{where}" in text, f"the message does not name {where}:\n{text}"

    for_all(st.tuples(st.sampled_from(sorted(validators)), st.sampled_from(WRONG)), check, INVALID, shard)


def test_unknown_keys_are_refused_with_their_path(chart_spec: ChartSpec) -> None:
    for folder in sorted(
        filter(partial(is_closed, chart_spec), {path.rpartition(".")[0] for path in chart_spec.leaves})
    ):
        text = refusal(chart_spec, set_field({}, f"{folder}.unknownKey".lstrip("."), 1))
        wanted = f"at '{pointer(folder)}': additional properties 'unknownKey' not allowed"
        assert wanted in text, f"the message does not contain {wanted!r}:\n{text}"


def is_closed(chart_spec: ChartSpec, folder: str) -> bool:
    """Return whether a map in the values allows only the keys of the schema."""
    schema: Schema = chart_spec.schema
    for part in folder.split(".") if folder else ():
        schema = resolved(resolved(schema, chart_spec.schema)["properties"][part.removesuffix("[]")], chart_spec.schema)
        schema = schema["items"] if part.endswith("[]") else schema
    return resolved(schema, chart_spec.schema).get("additionalProperties") is False


def test_null_removes_a_key_without_an_unclear_error(chart_spec: ChartSpec, strategies: ChartStrategies) -> None:
    validator, units = jsonschema_rs.Draft7Validator(chart_spec.schema), strategies.schema_strategies.units
    paths = {".".join(path.split(".")[: depth + 1]) for path in units for depth in range(path.count(".") + 1)}
    for path in sorted(paths):
        # Helm removes keys whose value is null before it validates the schema.
        left = without(chart_spec.defaults, path)
        if left != chart_spec.defaults and validator.is_valid(left):
            rendered(chart_spec, Case(chart_spec.chart, set_field(chart_spec.minimal_values, path, None)))


def without(values: Mapping[str, Any], path: str) -> dict[str, Any]:
    first, _, rest = path.partition(".")
    left = {key: value for key, value in values.items() if key != first}
    return {**left, first: without(values[first], rest)} if rest and first in values else left


def pointer(path: str) -> str:
    """Return the path of a leaf as schema errors print it, in the first entry of each list."""
    return "".join(f"/{part}" for part in path.replace("[]", ".0").split(".") if part)


def refusal(chart_spec: ChartSpec, values: Mapping[str, Any]) -> str:
    with pytest.raises(HelmError) as caught:
        render(chart_spec.case(values))
    return str(caught.value)


@in_shards
def test_only_names_change_selectors(chart_spec: ChartSpec, strategies: ChartStrategies, shard: int) -> None:
    def selectors(manifests: Manifests) -> dict[Any, Any]:
        return {
            (manifest.kind, manifest.name, word): manifest.spec[word]
            for manifest in own(manifests)
            for word in ("selector", "podSelector", "scaleTargetRef")
            if word in (manifest.body.get("spec") or {})
        }

    def check(before: Manifests, after: Manifests) -> None:
        was, now = selectors(before), selectors(after)
        for key in was.keys() & now.keys():
            assert was[key] == now[key], f"{key} was {was[key]} and is {now[key]}: remove mutable values from it"

    units = strategies.schema_strategies.units
    labels = strategies.schema_strategies.some(2, [path for path in units if path in ("commonLabels", "podLabels")])
    others = strategies.schema_strategies.some(
        4, [path for path in units if not (NAMES.fullmatch(path) or path in chart_spec.selector_values)]
    )
    pairs = overlaid(strategies, st.tuples(labels, others).map(lambda both: merged(*both)))
    for_all_pairs(chart_spec, shard, pairs, check)


@dataclass(frozen=True)
class Reordered(Case):
    """A case that passes its values to Helm in another order."""

    def values_json(self) -> str:
        return json.dumps(_reordered(self.values))

    def identity(self) -> str:
        return f"reordered {super().identity()}"


def _reordered(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {key: _reordered(data[key]) for key in sorted(data, reverse=True)}
    return [_reordered(item) for item in data] if isinstance(data, list) else data


@in_shards
def test_the_order_of_keys_has_no_effect(chart_spec: ChartSpec, strategies: ChartStrategies, shard: int) -> None:
    def reordered(case: Case) -> Case:
        return Reordered(**{field.name: getattr(case, field.name) for field in fields(case)})

    def check(before: Manifests, after: Manifests) -> None:
        assert after.text == before.text, "the rendering depends on the order of keys"

    pairs = strategies.cases().map(lambda each: (each, GeneratedCase(reordered(each.case))))
    for_all_pairs(chart_spec, shard, pairs, check)
