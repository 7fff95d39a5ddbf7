"""What holds for all values: drawn ones, the same in every run. A failure shows the smallest values that it found."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from model_server.errors import SettingsError
from model_server.settings import load_settings
from tests.charts.model_server.chart import BASE, CHART, case, own, read
from tests.charts.model_server.drawn import DRAWING, SCHEMA, Drawn, cases, is_known
from tests.harness import Case, HelmError, Manifests, admission, merged, render
from tests.harness.drawing import for_all
from tests.harness.paths import placed
from tests.harness.schemas import problems

# Each shard is a test of its own, so that parallel workers share them.
SHARDS = 8
# Cases of each leaf; and, of a shard, mistakes and pairs of cases.
VALID = 5
INVALID = 20
RELATED = 10

VERSIONS = ("1.35", "1.37")
HEADING = "The values of model-server cannot work:"
LINE = re.compile(r"- (?P<key>[A-Za-z][\w.\[\]]*): .+\.")
SCALING = [path for path in DRAWING.units if re.match(r"(replicaCount|autoscaling|keda|podDisruptionBudget)\b", path)]
# What decides which pods there are, and so may change a selector.
NAMES = re.compile(r"(name|fullname)Override|versions|keepUnlisted|service\.version|extraObjects")
WRONG: tuple[Any, ...] = (-1, 0, 0.5, 70000, True, "", "a b", "é", "0", "-", "x" * 300, [], [1], {"a": 1}, {"é ": "é"})

# Of a module's scope, so that the properties of one shard are neighbours: what a worker runs together takes no longer
# than what another does.
in_shards = pytest.mark.parametrize("shard", range(SHARDS), scope="module")


def rendered(wanted: Case) -> Manifests | None:
    """What a case renders to; None if a guard refuses it. All else is an error of the chart."""
    try:
        return render(wanted)
    except HelmError as error:
        text = str(error)
    assert HEADING in text, f"neither rendered nor refused by a guard:\n{text}\n\n{Drawn(wanted)}"
    for line in text.partition(HEADING)[2].partition("\n\nUse --debug")[0].strip().splitlines():
        said = LINE.fullmatch(line)
        assert said, f"a guard's line is not '- key: problem. Remedy.': {line!r}\n\n{Drawn(wanted)}"
        assert is_known(said["key"]), f"a guard names {said['key']}, which no values file may hold\n\n{Drawn(wanted)}"
    return None


@in_shards
def test_what_the_schema_takes_is_rendered_for_kubernetes_or_refused_by_a_guard(shard: int, tmp_path: Path) -> None:
    outcomes = Counter[str]()

    def check(drawn: Drawn) -> None:
        manifests = rendered(drawn.case)
        outcomes["refused" if manifests is None else "rendered"] += 1
        for defect in [] if manifests is None else defects(manifests, drawn.case, tmp_path):
            raise AssertionError(f"{defect}\n\n{drawn}")

    # One leaf after the other, for by chance alone some would be drawn often and some never.
    for index, unit in list(enumerate(DRAWING.units))[shard::SHARDS]:
        for_all(cases(unit), check, VALID, index)
    # A check that renders nothing, or to which nothing is refused, proves nothing.
    assert outcomes["rendered"] > outcomes["refused"] / 2, f"{outcomes}: draw less that guards refuse"
    assert outcomes["refused"] > outcomes["rendered"] / 50, f"{outcomes}: draw more that guards refuse"


def defects(manifests: Manifests, case: Case, folder: Path) -> Iterator[str]:
    """What Kubernetes, or the server, would not take."""
    for manifest in manifests:
        yield from (f"{manifest}: {text}" for text in admission.refusals(manifest))
        for version in VERSIONS:
            yield from (f"{manifest}: not in Kubernetes {version}: {text}" for text in problems(manifest.body, version))
    for manifest in own(manifests):
        if manifest.body["metadata"]["namespace"] != (case.values.get("namespaceOverride") or case.namespace):
            yield f"{manifest}: is in the wrong namespace"
        if "config.yaml" in manifest.body.get("data", {}):
            file = folder / "config.yaml"
            file.write_text(manifest.body["data"]["config.yaml"], encoding="utf-8")
            try:
                load_settings({"config": str(file)}, {})
            except SettingsError as error:
                yield f"{manifest}: the server refuses its configuration: {error}"


@in_shards
def test_what_the_schema_does_not_take_is_refused_with_its_path(shard: int) -> None:
    validators = {
        path: jsonschema_rs.Draft7Validator({**leaf.schema, "definitions": SCHEMA["definitions"]})
        for path, leaf in DRAWING.leaves.items()
        if not leaf.section
    }

    def check(drawn: tuple[str, Any]) -> None:
        path, value = drawn
        assume(not validators[path].is_valid(value))
        where = pointer(path)
        text = refusal(placed({}, path, value))
        assert f"at '{where}" in text, f"the message does not name {where}:\n{text}"

    for_all(st.tuples(st.sampled_from(sorted(validators)), st.sampled_from(WRONG)), check, INVALID, shard)


def test_a_key_that_the_schema_does_not_know_is_refused_with_its_place() -> None:
    for folder in sorted({path.rpartition(".")[0] for path in DRAWING.leaves} - {"global"}):
        text = refusal(placed({}, f"{folder}.replica".lstrip("."), 1))
        wanted = f"at '{pointer(folder)}': additional properties 'replica' not allowed"
        assert wanted in text, f"the message does not say {wanted!r}:\n{text}"


def test_a_key_that_is_null_is_missed_by_the_schema_or_not_needed() -> None:
    defaults, validator = read(CHART / "values.yaml"), jsonschema_rs.Draft7Validator(SCHEMA)
    paths = {".".join(path.split(".")[: depth + 1]) for path in DRAWING.units for depth in range(path.count(".") + 1)}
    for path in sorted(paths):
        # Helm takes a key out whose value is null; then it looks whether the schema is content.
        left = without(defaults, path)
        if left != defaults and validator.is_valid(left):
            rendered(Case(CHART, placed(BASE, path, None)))


def without(values: Mapping[str, Any], path: str) -> dict[str, Any]:
    first, _, rest = path.partition(".")
    left = {key: value for key, value in values.items() if key != first}
    return {**left, first: without(values[first], rest)} if rest and first in values else left


def pointer(path: str) -> str:
    """The path of a leaf as the schema's messages write it, in the first entry of each list."""
    return "".join(f"/{part}" for part in path.replace("[]", ".0").split(".") if part)


def refusal(values: Mapping[str, Any]) -> str:
    with pytest.raises(HelmError) as caught:
        render(case(values))
    return str(caught.value)


Pair = tuple[Drawn, Drawn]


def overlaid(over: SearchStrategy[dict[str, Any]]) -> SearchStrategy[Pair]:
    """A case, and the same one with more values."""
    pairs = st.tuples(cases(most=2), over)
    return pairs.map(lambda pair: (pair[0], Drawn(pair[0].case.with_values(pair[1]))))


def for_all_pairs(shard: int, pairs: SearchStrategy[Pair], check: Callable[[Manifests, Manifests], None]) -> None:
    """Render both cases of each pair, and check what they render to."""
    outcomes = Counter[str]()

    def check_pair(pair: Pair) -> None:
        before, after = (rendered(drawn.case) for drawn in pair)
        outcomes["refused" if before is None or after is None else "rendered"] += 1
        if before is not None and after is not None:
            try:
                check(before, after)
            except AssertionError as error:
                raise AssertionError(f"{error}\n\n{pair[0]}\n... and with\n\n{pair[1]}") from None

    for_all(pairs, check_pair, RELATED, shard)
    assert outcomes["rendered"] > 0.2 * RELATED, f"too few pairs are rendered: {outcomes}. Draw less that is refused."


@in_shards
def test_nothing_but_a_name_changes_what_an_object_selects(shard: int) -> None:
    def selectors(manifests: Manifests) -> dict[Any, Any]:
        return {
            (manifest.kind, manifest.name, word): manifest.spec[word]
            for manifest in own(manifests)
            for word in ("selector", "podSelector", "scaleTargetRef")
            if word in manifest.body.get("spec", {})
        }

    def check(before: Manifests, after: Manifests) -> None:
        was, now = selectors(before), selectors(after)
        for key in was.keys() & now.keys():
            assert was[key] == now[key], f"{key} was {was[key]} and is {now[key]}: keep what may change out of it"

    labels = DRAWING.some(2, ["commonLabels", "podLabels"])
    others = DRAWING.some(4, [path for path in DRAWING.units if not NAMES.fullmatch(path)])
    for_all_pairs(shard, overlaid(st.tuples(labels, others).map(lambda both: merged(*both))), check)


@in_shards
def test_what_scales_the_pods_does_not_roll_them(shard: int) -> None:
    def check(before: Manifests, after: Manifests) -> None:
        for manifest in before.of_kind("Deployment"):
            template = after.one("Deployment", manifest.name).pod_template()
            assert template == manifest.pod_template(), f"the pods of {manifest} would be replaced"

    for_all_pairs(shard, overlaid(DRAWING.some(5, SCALING)), check)


@in_shards
def test_a_version_changes_nothing_of_another_one(shard: int) -> None:
    two = DRAWING.at("versions").map(lambda entries: {**(entries[0] if entries else {}), "name": "two"})
    over = two.map(lambda entry: {"versions": [{"name": "one"}, entry]})

    def check(before: Manifests, after: Manifests) -> None:
        for manifest in before:
            if manifest.name.endswith("-one"):
                now = after.one(manifest.kind, manifest.name)
                assert now.body == manifest.body, f"{manifest} changes with the values of another version"

    base = cases(most=2).map(lambda drawn: drawn.case.with_values({"versions": [{"name": "one"}]}))
    pairs = st.tuples(base, over).map(lambda pair: (Drawn(pair[0]), Drawn(pair[0].with_values(pair[1]))))
    for_all_pairs(shard, pairs, check)


@dataclass(frozen=True)
class Reordered(Case):
    """A case that gives Helm its values in another order."""

    def values_json(self) -> str:
        return json.dumps(_reordered(self.values))

    def identity(self) -> str:
        return f"reordered {super().identity()}"


def _reordered(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {key: _reordered(data[key]) for key in sorted(data, reverse=True)}
    return [_reordered(item) for item in data] if isinstance(data, list) else data


@in_shards
def test_the_order_of_keys_changes_nothing(shard: int) -> None:
    def reordered(case: Case) -> Case:
        return Reordered(**{field.name: getattr(case, field.name) for field in fields(case)})

    def check(before: Manifests, after: Manifests) -> None:
        assert after.text == before.text, "written in another order, the same values render to something else"

    for_all_pairs(shard, cases().map(lambda drawn: (drawn, Drawn(reordered(drawn.case)))), check)
