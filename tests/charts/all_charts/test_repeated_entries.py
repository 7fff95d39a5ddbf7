"""Two entries of one list with the same key are refused, or may repeat for a reason.

The API server refuses them in lists that it merges by key. Programs refuse data sources, scrape jobs and the like with
the same name, or ignore one of the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.charts.chart_spec import ChartSpec
from tests.charts.helm_errors import GUARDS
from tests.charts.judges import refused_by_rules, refused_by_schema
from tests.harness import Case, HelmError, Manifest, Manifests, merged, render
from tests.harness.field_paths import parts, set_field
from tests.harness.kubernetes_examples import EXAMPLES
from tests.harness.schema_leaves import Leaf
from tests.harness.schemas import newest_version
from tests.harness.schemas.keyed import entries, samples
from tests.harness.value_effects import changes

Values = Mapping[str, Any]
# Whole objects of the user, which the chart does not judge.
IGNORED = "extraObjects"
# Lists of several charts that may have equal entries: patterns of paths, each with the reason.
REPEATABLE = {
    r"(.+\.)?tolerations": "the API server accepts equal tolerations, which add nothing",
    r"(.+\.)?extraEnvFrom": "a later source replaces equal variables of an earlier one",
    r"(.+\.)?extraArgs": "some flags may be set several times, such as --enable-feature",
    r"(global\.)?imagePullSecrets": "the chart removes equal entries",
    r"networkPolicy\.\w+|(.+\.)?egress": "rules and peers of a NetworkPolicy add up",
    r"(.+\.)?(loadBalancerSourceRanges|trustedProxies)": "equal ranges add nothing",
    r"ingress\.hosts(\[\]\.paths)?": "equal rules lead to the same Service",
    r"(.+\.)?hostnames": "the API server accepts equal host names, which add nothing",
}


def lists(chart_spec: ChartSpec) -> Iterator[str]:
    """Yield the path of each value that is a list, without those of renamed keys."""
    found = []
    for path, leaf in chart_spec.leaves.items():
        found += [path[: match.start()] for match in re.finditer(r"\[\]", path)]
        found += [path] if "items" in leaf.schema and not leaf.section else []
    for path in dict.fromkeys(found):
        if path != IGNORED and path not in chart_spec.renamed_keys:
            yield path


def may_repeat(chart_spec: ChartSpec, path: str) -> bool:
    """Return whether there is a reason why the list at `path` may have equal entries."""
    is_unique = "uniqueItems" in (chart_spec.leaves[path].schema if path in chart_spec.leaves else {})
    is_common = any(re.fullmatch(pattern, path) for pattern in REPEATABLE)
    return path in chart_spec.repeatable or (is_common and not is_unique)


def shown(chart_spec: ChartSpec, path: str) -> tuple[Values, list[Any]]:
    """Return values in which the list at `path` has an effect, and its entries."""
    for effect in chart_spec.value_effects:
        if effect.leaf == path or effect.leaf.startswith(f"{path}[]"):
            values = effect.values(merged(chart_spec.minimal_values, effect.given))
            found = at(values, path)
            if found and isinstance(refused(chart_spec, values), Manifests):
                return values, list(found)
    raise LookupError(f"no entry of value_effects/ has an item of {path}, without a further error")


def at(values: Values, path: str) -> Any:
    """Return the value at a path; `[]` is the first entry of a list."""
    found: Any = values
    for part in path.split("."):
        found = found.get(part.removesuffix("[]")) if isinstance(found, Mapping) else None
        found = found[0] if part.endswith("[]") and found else found
    return found


def refused(chart_spec: ChartSpec, values: Values) -> Manifests | str:
    """Return the rendering, or the errors with which the chart refuses the values."""
    try:
        return render(Case(chart_spec.chart, values))
    except HelmError as error:
        return str(error).partition(GUARDS.format(chart=chart_spec.name))[2] or str(error)


def verdict(chart_spec: ChartSpec, values: Values, path: str) -> str:
    """Return "rendered", or "refused" if an error names the list at `path`, else the errors."""
    result = refused(chart_spec, values)
    if isinstance(result, Manifests):
        return "rendered"
    indexed = re.escape(path).replace(r"\[\]", r"\[\d+\]")
    pointer = "/".join(parts(path.replace("[]", ".0")))
    is_named = re.search(rf"^- {indexed}[\[.:]|at '/{pointer}'", result, re.MULTILINE)
    return "refused" if is_named else result


def defects(chart_spec: ChartSpec, values: Values) -> list[str]:
    """Return what the API server refuses in the rendering of values, or nothing if the chart refuses them."""
    result = refused(chart_spec, values)
    if not isinstance(result, Manifests):
        return []
    return refused_by_schema(result, newest_version()) + refused_by_rules(result)


def test_repeated_entries_are_refused_or_have_a_reason(chart_spec: ChartSpec) -> None:
    wrong = []
    for path in lists(chart_spec):
        values, items = shown(chart_spec, path)
        repeated = set_field(values, path, [*items, items[0]])
        found = verdict(chart_spec, repeated, path)
        if found != ("rendered" if may_repeat(chart_spec, path) else "refused"):
            wrong.append(f"{path}: {found}; `repeatable` of chart.py lists what may repeat, with the reason")
        wrong += [f"{path}: {text}" for text in defects(chart_spec, repeated)]
    wrong += [f"{path}: is not a list" for path in chart_spec.repeatable.keys() - set(lists(chart_spec))]
    assert not wrong, "\n".join(wrong)


def test_repeated_entries_of_versions_are_refused_like_those_of_the_chart(chart_spec: ChartSpec) -> None:
    wrong = []
    for leaf in chart_spec.leaves.values():
        if leaf.section and "items" in leaf.schema and not may_repeat(chart_spec, leaf.section):
            values, items = shown(chart_spec, leaf.section)
            base = {**set_field(values, leaf.section, []), "versions": [{"name": 1}]}
            found = verdict(chart_spec, set_field(base, leaf.path, [*items, items[0]]), leaf.path)
            wrong += [] if found == "refused" else [f"{leaf.path}: {found}"]
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def nested(chart_spec: ChartSpec) -> list[tuple[str, Values]]:
    """The path of each keyed list inside a Kubernetes type, and values in which two entries have the same key."""
    return [
        (inner, values)
        for leaf in chart_spec.leaves.values()
        if leaf.kubernetes and leaf.path not in chart_spec.renamed_keys
        for inner, values in repeated_inside(chart_spec, leaf)
    ]


def repeated_inside(chart_spec: ChartSpec, leaf: Leaf) -> Iterator[tuple[str, Values]]:
    for path, _, entry in samples(leaf.kubernetes):
        is_list = "items" in leaf.schema
        values = shown(chart_spec, leaf.path)[0] if is_list else chart_spec.minimal_values
        whole = next(each for each in EXAMPLES[leaf.kubernetes] if each)
        inner = f"{leaf.path}{'[]' if is_list else ''}.{path}"
        base = set_field(values, leaf.path, [whole] if is_list else whole)
        yield inner, set_field(base, inner, [entry, entry])


def test_repeated_entries_inside_kubernetes_types_are_refused(
    chart_spec: ChartSpec, nested: list[tuple[str, Values]]
) -> None:
    found = {path: verdict(chart_spec, values, path) for path, values in nested}
    wrong = [f"{path}: {text}" for path, text in found.items() if text != "refused"]
    assert not wrong, "refuse two entries with the same key:\n" + "\n".join(wrong)


def test_entries_with_the_key_of_one_of_the_chart_are_refused(chart_spec: ChartSpec) -> None:
    wrong = []
    for path in lists(chart_spec):
        values, items = shown(chart_spec, path)
        if isinstance(items[0], Mapping):
            for key in siblings(chart_spec, values, path, items[0]):
                same = set_field(values, path, [{**items[0], **key}])
                wrong += [f"{path}: {key}: {text}" for text in defects(chart_spec, same)]
    assert not wrong, "\n".join(wrong)


def siblings(chart_spec: ChartSpec, values: Values, path: str, item: Values) -> Iterator[Values]:
    """Yield the keys of the chart's own entries in the lists to which an entry of the list at `path` is added."""
    after = refused(chart_spec, set_field(values, path, [item]))
    before = refused(chart_spec, set_field(values, path, []))
    if isinstance(after, str) or isinstance(before, str):
        return
    for changed in changes(before, after)["also"]:
        was, now = (keys_of(manifests.one(*changed)) for manifests in (before, after))
        for place, keys in now.items():
            new = [key for key in keys if key not in was.get(place, [])]
            if any(all(item.get(word) == value for word, value in key.items()) for key in new):
                yield from was.get(place, [])


def keys_of(manifest: Manifest) -> dict[str, list[Values]]:
    """Return the keys of the entries of each list of an object that the API server merges by key."""
    found: dict[str, list[Values]] = {}
    for place, key in entries(manifest.body):
        found.setdefault(place, []).append(key)
    return found
