"""Strategies for cases of a chart: base values, optional features, and arbitrary values merged over them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.charts.chart_spec import ChartSpec
from tests.harness import Case, Manifests, merged
from tests.harness.field_paths import set_field
from tests.harness.kubernetes_examples import EXAMPLES
from tests.harness.strategies import SchemaStrategies, as_yaml

# Names that Helm accepts. A chart must refuse some of them, because a Service cannot have them.
_RELEASES = ("demo", "r" * 53, "yes", "null", "1e3", "a.b")
# Faster than a regular expression, which would dominate the time to generate a case.
_INNER = st.text("abcxyz0189-", max_size=20)
_ANY_RELEASE = _INNER.map(lambda text: f"r{text}e")
_NAMESPACES = st.sampled_from(["serving", "yes", "123", "1e3", "n" * 63, "0x1f", "null"]) | _INNER.map(
    lambda text: f"1{text}e"
)


def _nothing(_manifests: Manifests, _folder: Path) -> Iterator[str]:
    yield from ()


@dataclass(frozen=True)
class GeneratedCase:
    """A case that prints itself as a command line and a values file."""

    case: Case

    def __repr__(self) -> str:
        case = self.case
        # The YAML writer handles only plain dicts and lists.
        values = as_yaml(json.loads(case.values_json()))
        return f"helm template {case.release} --namespace {case.namespace} --values of\n{values}"


@dataclass(frozen=True)
class ChartStrategies:
    """The strategies for the values of a chart."""

    chart_spec: ChartSpec
    # Alternative starting points, each accepted by the chart on its own.
    base_values: Sequence[Mapping[str, Any]] = ({},)
    # Optional features, each with the values that it needs.
    features: Sequence[Mapping[str, Any]] = ()
    # Valid values by path, where the schema accepts anything because the chart passes the value through.
    examples: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    # Strings with a meaning for the chart, such as names and paths that it uses itself.
    words: Sequence[str] = ()
    # Yields the errors of the programs that read the rendered files. It may write to the folder.
    program_errors: Callable[[Manifests, Path], Iterator[str]] = _nothing

    @cached_property
    def schema_strategies(self) -> SchemaStrategies:
        """The strategies for the values of the schema."""
        # A chart refuses its renamed keys, and guard cases cover them.
        return SchemaStrategies(
            self.chart_spec.schema, {**EXAMPLES, **self.examples}, self.words, exclude=self.chart_spec.renamed_keys
        )

    def cases(self, unit: str = "", most: int = 4, features: int = 2) -> SearchStrategy[GeneratedCase]:
        """Return cases whose values are valid, each on its own.

        They set `unit`, the values that it needs to have an effect, and some others, most of them in the same section.
        """
        section = unit.partition(".")[0]
        base_values = st.sampled_from(_nearest(self.base_values, unit))
        first = st.sampled_from([each for each in _nearest(self.features, unit) if section in each] or [{}])
        others = st.lists(st.sampled_from(self.features or [{}]), max_size=features, unique_by=str)
        releases = st.sampled_from([self.chart_spec.name, *_RELEASES]) | _ANY_RELEASE
        schema = self.schema_strategies

        @st.composite
        def draw(draw: DrawFn) -> GeneratedCase:
            values: dict[str, Any] = dict(draw(base_values))
            for feature in (*draw(others), draw(first)):
                values = merged(values, feature)
            near = [path for path in schema.units if path.partition(".")[0] in {*values, section}]
            for over in (schema.some(most // 2), schema.some(most, near)):
                values = merged(values, draw(over))
            if unit:
                values = set_field(values, unit, draw(schema.units[unit]))
            values = self.chart_spec.without_ignored(values)
            return GeneratedCase(Case(self.chart_spec.chart, values, draw(releases), draw(_NAMESPACES)))

        return draw()


def _nearest(choices: Sequence[Mapping[str, Any]], unit: str) -> Sequence[Mapping[str, Any]]:
    """Return the choices that share the longest path with a value."""
    depths = [_depth(choice, unit.split(".")[:-1] or [unit]) for choice in choices]
    return [choice for choice, depth in zip(choices, depths, strict=True) if depth == max(depths)]


def _depth(values: Mapping[str, Any], path: Sequence[str]) -> int:
    depth = 0
    here: Any = values
    for part in path:
        if not isinstance(here, Mapping) or part not in here:
            break
        here, depth = here[part], depth + 1
    return depth


def is_known(key: str, chart_spec: ChartSpec) -> bool:
    """Return whether a key in a message exists in the schema. Inside Kubernetes types, any key does."""
    key = _without_indices(key)
    for leaf in chart_spec.leaves.values():
        if leaf.section and key.startswith(f"{leaf.path}."):
            return is_known(leaf.section + key.removeprefix(leaf.path), chart_spec)
    plain = [path.replace("[]", "") for path in chart_spec.leaves]
    key = key.replace("[]", "")
    return any(f"{path}.".startswith(f"{key}.") or f"{key}.".startswith(f"{path}.") for path in plain)


def _without_indices(key: str) -> str:
    return re.sub(r"\[\d+\]", "[]", key)
