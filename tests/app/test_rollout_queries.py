"""What Prometheus is asked is what the chart gives Argo Rollouts and Flagger."""

from string import Template

import promql_parser as promql
import pytest

from model_server.observability.metrics import Metrics
from modelctl.rollout.queries import TEXTS, Query, filled
from tests.app.process import REPOSITORY_ROOT

FOLDER = REPOSITORY_ROOT / "charts/istio-routing/files/analysis"
PLACEHOLDERS = {"namespace", "model", "version", "window"}


def test_the_charts_files_are_these_queries_and_no_others() -> None:
    files = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    here = {f"{query}.promql": text for query, text in TEXTS.items()}
    assert files == here, f"write the texts of modelctl.rollout.queries into {FOLDER.relative_to(REPOSITORY_ROOT)}"


@pytest.mark.parametrize("query", list(Query))
def test_a_query_has_the_four_placeholders_and_parses(query: Query) -> None:
    assert set(Template(TEXTS[query]).get_identifiers()) == PLACEHOLDERS
    text = filled(query, namespace="models", model="iris", version="2", window_seconds=60)
    assert "$" not in text
    promql.parse(text)


@pytest.mark.parametrize("query", list(Query))
def test_names_cannot_leave_their_quotes(query: Query) -> None:
    text = filled(query, namespace='a"} or vector(0) #\\', model="b\n", version="c", window_seconds=1)
    assert 'a\\"} or vector(0) #\\\\' in text
    promql.parse(text)


def test_the_metrics_of_requests_are_the_servers() -> None:
    exported = {
        name
        for family in Metrics().registry.collect()
        for name in (family.name, f"{family.name}_total", f"{family.name}_bucket")
    }
    for query in (Query.REQUESTS, Query.ERROR_RATIO, Query.REFUSED_RATIO, Query.LATENCY):
        asked = {word for word in _words(TEXTS[query]) if word.startswith("model_server_")}
        assert asked <= exported, f"the server exports no {asked - exported}"


def test_the_metrics_of_shadows_are_those_of_the_design() -> None:
    design = (REPOSITORY_ROOT / "docs/istio-routing.md").read_text(encoding="utf-8")
    for query in (Query.COMPARED_ROWS, Query.DISAGREEMENT_RATIO):
        for word in _words(TEXTS[query]):
            if word.startswith("model_server_"):
                assert f"`{word}{{model,version}}`" in design, f"docs/istio-routing.md names no {word}"


def _words(text: str) -> set[str]:
    return set("".join(character if character.isalnum() or character == "_" else " " for character in text).split())
