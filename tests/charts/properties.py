"""Shared parts of the property tests: rendering of generated cases, and checks of pairs of cases."""

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

# With module scope, the properties of one shard are adjacent, which balances the chunks that workers receive.
_shards = pytest.mark.parametrize("shard", range(SHARDS), scope="module")
# The result depends only on the strategies, the chart's schema and its templates.
_cached = pytest.mark.depends_on_files(
    *(f"tests/charts/{name}.py" for name in ("chart_spec", "chart_specs", "helm_errors")),
    *(f"tests/charts/{name}.py" for name in ("judges", "properties", "strategies")),
    *("charttool", "cluster/catalog.yaml", "cluster/go"),
)


def in_shards(test: Test) -> Test:
    """Split a property test into shards for the workers, and cache each result until the chart changes."""
    return _shards(_cached(test))  # type: ignore[no-any-return]


Pair = tuple[GeneratedCase, GeneratedCase]
Test = TypeVar("Test", bound=Callable[..., None])


def rendered(chart_spec: ChartSpec, wanted: Case) -> Manifests | None:
    """Render a case; return None if a guard refuses it. Any other error fails the test."""
    try:
        return render(wanted)
    except HelmError as error:
        text = str(error)
    heading = GUARDS.format(chart=chart_spec.name).strip()
    assert heading in text, f"the chart must render this or refuse it by a guard:\n{text}\n\n{GeneratedCase(wanted)}"
    for line in text.partition(heading)[2].partition("\n\nUse --debug")[0].strip().splitlines():
        match = LINE.fullmatch(line)
        assert match, f"a guard's line must be '- key: problem. Remedy.': {line!r}\n\n{GeneratedCase(wanted)}"
        assert is_known(match["key"], chart_spec), (
            f"a guard names {match['key']}, which is not a key of the schema\n\n{GeneratedCase(wanted)}"
        )
    return None


def overlaid(strategies: ChartStrategies, over: SearchStrategy[dict[str, object]]) -> SearchStrategy[Pair]:
    """Return pairs of a case and the same case with the values `over` merged."""
    pairs = st.tuples(strategies.cases(most=2), over)
    return pairs.map(lambda pair: (pair[0], GeneratedCase(pair[0].case.with_values(pair[1]))))


def for_all_pairs(
    chart_spec: ChartSpec, shard: int, pairs: SearchStrategy[Pair], check: Callable[[Manifests, Manifests], None]
) -> None:
    """Render both cases of each pair and call `check` with the two renderings."""
    outcomes = Counter[str]()

    def check_pair(pair: Pair) -> None:
        before, after = (rendered(chart_spec, each.case) for each in pair)
        outcomes["refused" if before is None or after is None else "rendered"] += 1
        if before is not None and after is not None:
            try:
                check(before, after)
            except AssertionError as error:
                raise AssertionError(f"{error}\n\n{pair[0]}\n... and with\n\n{pair[1]}") from None

    for_all(pairs, check_pair, RELATED, shard)
    assert outcomes["rendered"] > 0.2 * RELATED, f"{outcomes}: generate fewer values that are refused"
