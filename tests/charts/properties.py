"""What tests of drawn values have in common: a rendering of what is drawn, and pairs of cases."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.charts.chart_spec import ChartSpec
from tests.charts.helm_errors import GUARDS
from tests.charts.strategies import ChartStrategies, GeneratedCase, is_known
from tests.harness import Case, HelmError, Manifests, render
from tests.harness.strategies import for_all

# Each shard is a test of its own, so that parallel workers share them.
SHARDS = 8
# Pairs of cases of a shard.
RELATED = 10
LINE = re.compile(r"- (?P<key>[A-Za-z][\w.\[\]]*): .+\.")

# Of a module's scope, so that the properties of one shard are neighbours: what a worker runs together takes no longer
# than what another does.
_shards = pytest.mark.parametrize("shard", range(SHARDS), scope="module")
# A failure in one depends on nothing but what is drawn, from the chart's schema, and on what the chart makes of it.
_cached = pytest.mark.depends_on_files(
    *(f"tests/charts/{name}.py" for name in ("chart_spec", "chart_specs", "helm_errors", "properties", "strategies")),
    *("charttool", "cluster/catalog.yaml", "cluster/go"),
)


def in_shards(test: Test) -> Test:
    """Split a property into tests that workers share, each of which stands while its chart is as it was."""
    return _shards(_cached(test))  # type: ignore[no-any-return]


Pair = tuple[GeneratedCase, GeneratedCase]
Test = TypeVar("Test", bound=Callable[..., None])


def rendered(chart_spec: ChartSpec, wanted: Case) -> Manifests | None:
    """What a case renders to; None if a guard refuses it. All else is an error of the chart."""
    try:
        return render(wanted)
    except HelmError as error:
        text = str(error)
    heading = GUARDS.format(chart=chart_spec.name).strip()
    assert heading in text, f"neither rendered nor refused by a guard:\n{text}\n\n{GeneratedCase(wanted)}"
    for line in text.partition(heading)[2].partition("\n\nUse --debug")[0].strip().splitlines():
        said = LINE.fullmatch(line)
        assert said, f"a guard's line is not '- key: problem. Remedy.': {line!r}\n\n{GeneratedCase(wanted)}"
        assert is_known(said["key"], chart_spec), (
            f"a guard names {said['key']}, which no values file may hold\n\n{GeneratedCase(wanted)}"
        )
    return None


def overlaid(strategies: ChartStrategies, over: SearchStrategy[dict[str, object]]) -> SearchStrategy[Pair]:
    """A case, and the same one with more values."""
    pairs = st.tuples(strategies.cases(most=2), over)
    return pairs.map(lambda pair: (pair[0], GeneratedCase(pair[0].case.with_values(pair[1]))))


def for_all_pairs(
    chart_spec: ChartSpec, shard: int, pairs: SearchStrategy[Pair], check: Callable[[Manifests, Manifests], None]
) -> None:
    """Render both cases of each pair, and check what they render to."""
    outcomes = Counter[str]()

    def check_pair(pair: Pair) -> None:
        before, after = (rendered(chart_spec, drawn.case) for drawn in pair)
        outcomes["refused" if before is None or after is None else "rendered"] += 1
        if before is not None and after is not None:
            try:
                check(before, after)
            except AssertionError as error:
                raise AssertionError(f"{error}\n\n{pair[0]}\n... and with\n\n{pair[1]}") from None

    for_all(pairs, check_pair, RELATED, shard)
    assert outcomes["rendered"] > 0.2 * RELATED, f"too few pairs are rendered: {outcomes}. Draw less that is refused."
