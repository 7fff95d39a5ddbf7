"""Null has one meaning: it is the default where the default is empty, and is refused with the remedy where it is not.

A value whose annotation accepts null gives it a meaning of its own. Every value and every section is covered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from charttool import comments
from charttool.comments import Key
from tests.charts.chart_spec import ChartSpec
from tests.charts.helm_errors import guard_errors
from tests.harness import HELM3, HELM4, SDK, Case, HelmError, merged
from tests.harness.chart_fixtures import umbrella

SECTION = "{}: is null. Remove the line to keep the defaults of its keys, or set a key below it."


@cache
def entries(chart: Path) -> dict[str, dict[str, Any]]:
    """Return what the chart knows about each of its values."""
    found: dict[str, dict[str, Any]] = json.loads((chart / "files/defaults.json").read_text(encoding="utf-8"))
    return found


def refusal(path: str, entry: Mapping[str, Any]) -> str:
    return f"{path}: is null. Remove the line to keep {entry['keep']}, or {entry['write']}."


def nulls(paths: Iterable[str]) -> dict[str, Any]:
    """Return values in which each path is null."""
    values: dict[str, Any] = {}
    for path in paths:
        *above, name = path.split(".")
        at = values
        for part in above:
            at = at.setdefault(part, {})
        at[name] = None
    return values


def is_set(values: Any, path: str) -> bool:
    """Return whether the minimal values of a chart set a path, or a value below it."""
    for part in path.split("."):
        if not isinstance(values, Mapping) or part not in values:
            return False
        values = values[part]
    return True


def refused_entries(chart_spec: ChartSpec) -> dict[str, str]:
    """Return the message for each value that refuses null."""
    return {
        path: refusal(path, entry)
        for path, entry in entries(chart_spec.chart).items()
        if "keep" in entry and not is_set(chart_spec.minimal_values, path)
    }


def empty_paths(chart_spec: ChartSpec) -> list[str]:
    """Return the values whose default is empty."""
    found = [path for path, entry in entries(chart_spec.chart).items() if "empty" in entry]
    return [path for path in found if not is_set(chart_spec.minimal_values, path)]


def sections(chart_spec: ChartSpec) -> Iterator[Key]:
    for key in comments.read(chart_spec.chart / "values.yaml").all_keys():
        # Helm itself gives `global` its meaning.
        if key.children and key.path != "global" and not is_set(chart_spec.minimal_values, key.path):
            yield key


def text_of(case: Case) -> str:
    return SDK.template(case)


def test_null_is_the_default_where_the_default_is_empty(chart_spec: ChartSpec) -> None:
    paths = empty_paths(chart_spec)
    assert paths
    assert text_of(chart_spec.case(nulls(paths))) == text_of(chart_spec.case({}))


def test_null_is_refused_with_the_remedy_where_the_default_is_not_empty(chart_spec: ChartSpec) -> None:
    expected = refused_entries(chart_spec)
    assert sorted(guard_errors(chart_spec.case(nulls(expected)))) == sorted(expected.values())


def test_null_for_a_section_names_the_section(chart_spec: ChartSpec) -> None:
    known = entries(chart_spec.chart)
    found = list(sections(chart_spec))
    for depth in range(1 + max(key.path.count(".") for key in found)):
        here = [key.path for key in found if key.path.count(".") == depth]
        refused = [path for path in here if any("keep" in known[leaf] for leaf in known if leaf.startswith(f"{path}."))]
        assert sorted(guard_errors(chart_spec.case(nulls(here)))) == sorted(map(SECTION.format, refused))


def test_every_value_has_an_entry(chart_spec: ChartSpec) -> None:
    values = comments.read(chart_spec.chart / "values.yaml")
    assert {key.path for key in values.leaves()} - {"global"} == entries(chart_spec.chart).keys()


def test_a_value_whose_comment_explains_null_accepts_it(chart_spec: ChartSpec) -> None:
    """A comment and an annotation that disagree would promise a meaning that the chart refuses."""
    known = entries(chart_spec.chart)
    for key in comments.read(chart_spec.chart / "values.yaml").leaves():
        # The comment of a map may explain null for the keys in it.
        if isinstance(key.default, dict):
            continue
        explained = re.search(r"\bnull (\w+s|scales|means)\b", key.description) is not None
        accepts = known.get(key.path, {}).get("nullable", False)
        assert not explained or accepts, f"{key.path}: the comment explains null, but the annotation refuses it"


def test_the_guards_are_rendered_before_all_other_templates(chart_spec: ChartSpec) -> None:
    """Helm renders the deepest path first, and a template would fail on a missing key with an unclear error."""
    templates = chart_spec.chart / "templates"
    depths = {
        path.relative_to(templates): len(path.relative_to(templates).parts)
        for path in templates.rglob("*")
        if path.is_file() and not path.name.startswith("_")
    }
    deepest = [str(path) for path, depth in depths.items() if depth == max(depths.values())]
    assert deepest == ["guards/first/guards.yaml"]


@pytest.mark.parametrize("helm", [HELM3, HELM4], ids=["helm3", "helm4"])
def test_null_means_the_same_with_helm_and_in_a_subchart(tmp_path: Path, chart_spec: ChartSpec, helm: Any) -> None:
    parent = umbrella(chart_spec.chart, tmp_path, ("one",))
    empty = nulls(empty_paths(chart_spec))
    path, message = next(iter(refused_entries(chart_spec).items()))
    plain = chart_spec.case({})
    assert helm.template(chart_spec.case(empty)) == helm.template(plain)
    below = Case(parent, {"one": plain.values})
    assert helm.template(below.with_values({"one": empty})) == helm.template(below)
    for case in (chart_spec.case(nulls([path])), below.with_values({"one": nulls([path])})):
        with pytest.raises(HelmError, match=re.escape(message)):
            helm.template(case)


def test_an_umbrella_chart_takes_a_default_away_with_helm_3_only(tmp_path: Path, chart_spec: ChartSpec) -> None:
    """Helm 4.2 and later ignore null in an umbrella chart's own values.yaml, unless -f has values of the subchart."""
    path, message = next(iter(refused_entries(chart_spec).items()))
    parent = umbrella(chart_spec.chart, tmp_path, ("one",))
    case = Case(parent, {"one": chart_spec.minimal_values})
    before = HELM4.template(case)
    own = {"one": merged(chart_spec.minimal_values, nulls([path]))}
    (parent / "values.yaml").write_text(json.dumps(own), encoding="utf-8")
    assert HELM4.template(Case(parent)) == before
    with pytest.raises(HelmError, match=re.escape(message)):
        HELM3.template(Case(parent))
