"""Values of a chart, drawn: a way to begin, what stands beside it, and any values over it."""

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

# As Helm and Kubernetes admit them; among them such as a chart must refuse, because no Service may be called so.
_RELEASES = ("demo", "r" * 53, "yes", "null", "1e3", "a.b")
# A regular expression would take longer to draw from than all else.
_INNER = st.text("abcxyz0189-", max_size=20)
_ANY_RELEASE = _INNER.map(lambda text: f"r{text}e")
_NAMESPACES = st.sampled_from(["serving", "yes", "123", "1e3", "n" * 63, "0x1f", "null"]) | _INNER.map(
    lambda text: f"1{text}e"
)


def _nothing(_manifests: Manifests, _folder: Path) -> Iterator[str]:
    yield from ()


@dataclass(frozen=True)
class GeneratedCase:
    """A case that shows itself as a command line and a values file."""

    case: Case

    def __repr__(self) -> str:
        case = self.case
        # Values are frozen; the YAML writer knows plain maps and lists.
        values = as_yaml(json.loads(case.values_json()))
        return f"helm template {case.release} --namespace {case.namespace} --values of\n{values}"


@dataclass(frozen=True)
class ChartStrategies:
    """How values of a chart are drawn."""

    chart_spec: ChartSpec
    # What values are laid over: each is enough by itself.
    base_values: Sequence[Mapping[str, Any]] = ({},)
    # What may stand beside that, each with what it needs.
    features: Sequence[Mapping[str, Any]] = ()
    # Good values for paths whose schema does not say what is good, because they are passed on as they are.
    examples: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    # Texts with a meaning for the chart, such as names and places that it uses itself.
    words: Sequence[str] = ()
    # What the programs would not take of what is rendered for them; they may write to the folder.
    program_errors: Callable[[Manifests, Path], Iterator[str]] = _nothing

    @cached_property
    def schema_strategies(self) -> SchemaStrategies:
        """Strategies for the chart's schema."""
        return SchemaStrategies(self.chart_spec.schema, {**EXAMPLES, **self.examples}, self.words)

    def cases(self, unit: str = "", most: int = 4, features: int = 2) -> SearchStrategy[GeneratedCase]:
        """Cases whose values are legal, each on its own.

        They hold `unit`, what it needs to matter, and some others, most of these near by.
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
            return GeneratedCase(Case(self.chart_spec.chart, values, draw(releases), draw(_NAMESPACES)))

        return draw()


def _nearest(choices: Sequence[Mapping[str, Any]], unit: str) -> Sequence[Mapping[str, Any]]:
    """Those that hold most of the maps around a value."""
    depths = [_depth(choice, unit.split(".")[:-1] or [unit]) for choice in choices]
    return [choice for choice, depth in zip(choices, depths, strict=True) if depth == max(depths)]


def _depth(values: Mapping[str, Any], way: Sequence[str]) -> int:
    depth = 0
    here: Any = values
    for part in way:
        if not isinstance(here, Mapping) or part not in here:
            break
        here, depth = here[part], depth + 1
    return depth


def is_known(key: str, chart_spec: ChartSpec) -> bool:
    """Whether a key that a message names is one that a values file may hold; inside Kubernetes' types, any is."""
    key = _without_indices(key)
    for leaf in chart_spec.leaves.values():
        if leaf.section and key.startswith(f"{leaf.path}."):
            return is_known(leaf.section + key.removeprefix(leaf.path), chart_spec)
    plain = [path.replace("[]", "") for path in chart_spec.leaves]
    key = key.replace("[]", "")
    return any(f"{path}.".startswith(f"{key}.") or f"{key}.".startswith(f"{path}.") for path in plain)


def _without_indices(key: str) -> str:
    return re.sub(r"\[\d+\]", "[]", key)
