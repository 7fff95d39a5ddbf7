"""The PromQL queries: equal to the chart's, and valid for Prometheus."""

import subprocess
from pathlib import Path
from string import Template

import promql_parser as promql
import pytest
import yaml

from cluster import tools
from devkit import paths
from model_server.observability.metrics import Metrics
from modelctl.rollout.queries import TEXTS, Query, fill

FOLDER = paths.REPOSITORY / "charts/istio-routing/files/analysis"
PLACEHOLDERS = {"namespace", "model", "version", "window"}


def test_the_chart_has_the_same_queries() -> None:
    files = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    here = {f"{query}.promql": text for query, text in TEXTS.items()}
    assert files == here, f"write the texts of modelctl.rollout.queries into {FOLDER.relative_to(paths.REPOSITORY)}"


@pytest.mark.parametrize("query", list(Query))
def test_queries_have_all_placeholders_and_parse(query: Query) -> None:
    assert set(Template(TEXTS[query]).get_identifiers()) == PLACEHOLDERS
    text = fill(query, namespace="models", model="iris", version="2", window_seconds=60)
    assert "$" not in text
    promql.parse(text)


@pytest.mark.parametrize("query", list(Query))
def test_escapes_label_values(query: Query) -> None:
    text = fill(query, namespace='a"} or vector(0) #\\', model="b\n", version="c", window_seconds=1)
    assert 'a\\"} or vector(0) #\\\\' in text
    promql.parse(text)


@pytest.mark.parametrize("query", list(Query))
def test_the_server_exports_the_metrics_of_the_queries(query: Query) -> None:
    exported = {
        name
        for family in Metrics().registry.collect()
        for name in (family.name, f"{family.name}_total", f"{family.name}_bucket")
    }
    queried = {word for word in _words(TEXTS[query]) if word.startswith("model_server_")}
    assert queried <= exported, f"the server does not export {queried - exported}"


def _words(text: str) -> set[str]:
    return set("".join(character if character.isalnum() or character == "_" else " " for character in text).split())


_SERVED = 'namespace="models", model="iris", version="{version}", pod="{pod}", protocol="predict", code="{code}"'


def _series(version: str, pod: str, code: str, values: str) -> list[dict[str, str]]:
    """Return a request counter and its histogram, with all responses within 10 ms."""
    labels = _SERVED.format(version=version, pod=pod, code=code)
    bucket = "model_server_request_duration_seconds_bucket"
    return [
        {"series": f"model_server_requests_total{{{labels}}}", "values": values},
        {"series": f'{bucket}{{{labels}, le="0.005"}}', "values": "0x10"},
        {"series": f'{bucket}{{{labels}, le="0.01"}}', "values": values},
        {"series": f'{bucket}{{{labels}, le="+Inf"}}', "values": values},
    ]


@pytest.mark.depends_on_files("app/src/modelctl/rollout/queries.py")
def test_promtool_evaluates_the_queries_as_intended(tmp_path: Path) -> None:
    cases: list[tuple[Query, str, list[float] | str]] = [
        # Two pods with 54 good answers and 6 errors a minute each, over five minutes.
        (Query.REQUESTS, "1", [600]),
        (Query.ERROR_RATIO, "1", [0.1]),
        (Query.CLIENT_ERROR_RATIO, "1", [0]),
        (Query.LATENCY, "1", [0.00975]),
        # A pod without requests has series at 0. 0/0 is NaN, which fails every comparison.
        (Query.REQUESTS, "2", [0]),
        (Query.ERROR_RATIO, "2", "NaN"),
        (Query.LATENCY, "2", "NaN"),
        # A process that restarted after 8 minutes: still 60 a minute.
        (Query.REQUESTS, "3", [300]),
        (Query.CLIENT_ERROR_RATIO, "3", [1]),
        # A version that is not scraped.
        (Query.REQUESTS, "4", []),
        (Query.ERROR_RATIO, "4", []),
        (Query.LATENCY, "4", []),
        (Query.COMPARED_ROWS, "1", []),
        (Query.DISAGREEMENT_RATIO, "1", []),
        # A shadow that has never disagreed.
        (Query.COMPARED_ROWS, "2", [50]),
        (Query.DISAGREEMENT_RATIO, "2", [0]),
    ]
    shadow = 'namespace="models", model="iris", version="2", pod="c"'
    document = {
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    *(one for pod in "ab" for one in _series("1", pod, "200", "0+54x10")),
                    *(one for pod in "ab" for one in _series("1", pod, "500", "0+6x10")),
                    *_series("2", "c", "200", "0x10"),
                    *_series("2", "c", "500", "0x10"),
                    *_series("3", "d", "400", "0+60x7 60 120 180"),
                    {"series": f"model_server_shadow_compared_rows_total{{{shadow}}}", "values": "0+10x10"},
                ],
                "promql_expr_test": [_expected(*case) for case in cases],
            }
        ],
    }
    (tmp_path / "test.yaml").write_text(yaml.safe_dump(document))
    done = subprocess.run(
        [str(tools.ensure("promtool")), "test", "rules", "test.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _expected(query: Query, version: str, values: list[float] | str) -> dict[str, object]:
    text = fill(query, namespace="models", model="iris", version=version, window_seconds=300)
    if values == "NaN":
        # NaN is the only value that differs from itself.
        text, values = f"count(({text}) != ({text}))", [1]
    samples = [{"labels": "{}", "value": value} for value in values]
    return {"expr": text, "eval_time": "10m", "exp_samples": samples}
