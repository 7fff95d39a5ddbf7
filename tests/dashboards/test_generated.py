"""The committed dashboards: what modules say, what Grafana's schema admits, and that they keep their promises."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard as Model

from dashboards import catalog, links
from dashboards.lint import metrics, problems_of_all
from dashboards.lint.identity import MOST_BYTES
from dashboards.reading import Dashboard, read
from dashboards.thresholds import default

FILES = [path for path, _ in catalog.generated()]
WHAT_TO_DO = "Call `python -m dashboards generate` and commit the result."
_ALERT = re.compile(r"^\s*-?\s*alert:\s*(\w+)", re.MULTILINE)
_FIRES = re.compile(r"\b((?:[A-Z]+[a-z]+){2,})\b")


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_the_committed_file_is_what_its_module_says(path: Path) -> None:
    assert path.read_bytes() == dict(catalog.generated())[path].encode(), WHAT_TO_DO


def test_no_other_file_lies_beside_them() -> None:
    assert sorted(catalog.FOLDER.glob("*.json")) == sorted(FILES), WHAT_TO_DO


def test_the_same_dashboards_are_written_the_same_byte_for_byte() -> None:
    assert dict(catalog.generated()) == dict(catalog.generated())


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_the_schema_of_grafana_reads_and_writes_it_without_a_loss(path: Path) -> None:
    register_default_plugins()
    raw = json.loads(path.read_text(encoding="utf-8"))
    again = json.loads(json.dumps(Model.from_json(raw), cls=JSONEncoder))
    assert again == raw


def test_no_rule_of_ours_is_broken() -> None:
    found = problems_of_all([read(path) for path in FILES])
    assert not found, "\n".join(map(str, found))


def test_the_uids_are_those_that_are_promised() -> None:
    assert {read(path).uid for path in FILES} == {
        links.CLUSTER, links.OVERVIEW, links.MODEL, links.CANARY, links.STACK,
    }  # fmt: skip
    assert [read(path).uid for path in FILES] == [f"model-serving-{path.stem}" for path in FILES]


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_the_file_fits_into_a_config_map(path: Path) -> None:
    assert path.stat().st_size <= MOST_BYTES


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_alerts_that_a_panel_speaks_of_exist(path: Path) -> None:
    rules = "\n".join(rule.read_text(encoding="utf-8") for rule in metrics.RULES.glob("*.yaml"))
    alerts = set(_ALERT.findall(rules))
    named = {name for panel in read(path).panels for name in _FIRES.findall(str(panel.raw["description"]))}
    strangers = named - alerts - {"ReplicaSet"}
    assert not strangers, f"no rule fires {', '.join(sorted(strangers))}; mend the description"


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_variables_are_those_that_all_dashboards_share(path: Path) -> None:
    names = [variable.name for variable in read(path).variables]
    assert names == ["datasource", "namespace", "model", "version"][: len(names)]


def test_thresholds_are_the_defaults_of_the_chart() -> None:
    panel = next(panel for panel in read(catalog.FOLDER / "cluster.json").panels if panel.title == "CPU by node")
    steps = panel.defaults["thresholds"]["steps"]
    assert [step["value"] for step in steps] == [None, default("highCpuUsageRatio")]


def test_a_line_of_the_overview_leads_to_its_model() -> None:
    overview = read(catalog.FOLDER / "overview.json")
    [table] = [panel for panel in overview.panels if panel.kind == "table"]
    urls = [link["url"] for link in table.overrides["model"]["links"]]
    assert urls[0] == (
        "/d/model-serving-model?${datasource:queryparam}"
        "&var-namespace=${__data.fields.namespace}&var-model=${__data.fields.model}&${__url_time_range}"
    )
    assert _labels_of_table(overview) == ["namespace", "model"]


def _labels_of_table(dashboard: Dashboard) -> list[str]:
    [table] = [panel for panel in dashboard.panels if panel.kind == "table"]
    places = next(one["options"]["indexByName"] for one in table.raw["transformations"] if one["id"] == "organize")
    return [name for name in sorted(places, key=places.__getitem__) if not name.startswith("Value")]
