"""The committed dashboards: up to date, valid in Grafana's schema, with stable uids and links."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard as DashboardModel

from dashboards import catalog, links
from dashboards.lint import problems_of_all
from dashboards.lint.identity import MAX_BYTES
from dashboards.model import Dashboard, read
from dashboards.thresholds import default
from devkit import rule_files

FILES = [path for path, _ in catalog.generated()]
REMEDY = "Run `python -m dashboards generate` and commit the result."
_FIRES = re.compile(r"\b((?:[A-Z]+[a-z]+){2,})\b")


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_committed_file_is_up_to_date(path: Path) -> None:
    assert path.read_bytes() == dict(catalog.generated())[path].encode(), REMEDY


def test_every_committed_file_is_generated() -> None:
    assert sorted(catalog.FOLDER.glob("*.json")) == sorted(FILES), REMEDY


def test_rendering_is_deterministic() -> None:
    assert dict(catalog.generated()) == dict(catalog.generated())


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_survives_a_round_trip_through_the_grafana_schema(path: Path) -> None:
    register_default_plugins()
    raw = json.loads(path.read_text(encoding="utf-8"))
    round_trip = json.loads(json.dumps(DashboardModel.from_json(raw), cls=JSONEncoder))
    assert round_trip == raw


def test_dashboards_pass_the_linter() -> None:
    found = problems_of_all([read(path) for path in FILES])
    assert not found, "\n".join(map(str, found))


def test_uids_are_stable() -> None:
    assert {read(path).uid for path in FILES} == links.UIDS
    assert [read(path).uid for path in FILES] == [f"model-serving-{path.stem}" for path in FILES]


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_file_fits_into_a_config_map(path: Path) -> None:
    assert path.stat().st_size <= MAX_BYTES


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_alerts_named_in_descriptions_exist(path: Path) -> None:
    alerts = {alert.name for alert in rule_files.alerts()}
    named = {name for panel in read(path).panels for name in _FIRES.findall(str(panel.raw["description"]))}
    unknown = named - alerts
    assert not unknown, f"no such alert: {', '.join(sorted(unknown))}; correct the description"


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_dashboards_share_their_variables(path: Path) -> None:
    names = [variable.name for variable in read(path).variables]
    assert names == ["datasource", "namespace", "model", "version"][: len(names)]


def test_thresholds_are_the_chart_defaults() -> None:
    panel = next(panel for panel in read(catalog.FOLDER / "cluster.json").panels if panel.title == "CPU by node")
    steps = panel.defaults["thresholds"]["steps"]
    assert [step["value"] for step in steps] == [None, default("highCpuUsageRatio")]


def test_overview_rows_link_to_the_model_dashboard() -> None:
    overview = read(catalog.FOLDER / "overview.json")
    [table] = [panel for panel in overview.panels if panel.type == "table"]
    urls = [link["url"] for link in table.overrides["model"]["links"]]
    assert urls[0] == (
        "/d/model-serving-model?${datasource:queryparam}"
        "&var-namespace=${__data.fields.namespace}&var-model=${__data.fields.model}&${__url_time_range}"
    )
    assert _labels_of_table(overview) == ["namespace", "model"]


def _labels_of_table(dashboard: Dashboard) -> list[str]:
    [table] = [panel for panel in dashboard.panels if panel.type == "table"]
    positions = next(one["options"]["indexByName"] for one in table.raw["transformations"] if one["id"] == "organize")
    return [name for name in sorted(positions, key=positions.__getitem__) if not name.startswith("Value")]
