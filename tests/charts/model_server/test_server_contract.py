"""What the chart tells the server, read by the server's own code."""

from __future__ import annotations

from pathlib import Path

import pytest

from model_server.settings import CONFIG_VARIABLE, load_settings
from tests.charts.model_server.chart import CI_FILES, ci_case, server
from tests.harness import render


@pytest.mark.parametrize("values_file", CI_FILES, ids=lambda path: path.name)
def test_the_server_takes_the_configuration(values_file: Path, tmp_path: Path) -> None:
    deployment = render(ci_case(values_file))
    config = tmp_path / "config.yaml"
    config.write_text(deployment.one("ConfigMap").body["data"]["config.yaml"], encoding="utf-8")
    loaded = load_settings({}, {CONFIG_VARIABLE: str(config)})
    ports = {port["name"]: port["containerPort"] for port in server()["ports"]}
    assert ports == {"http": loaded.values.port, "http-admin": loaded.values.admin_port}


def test_the_server_is_told_where_the_configuration_is() -> None:
    container = server()
    (variable,) = container["env"]
    folder = next(mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] == "config")
    assert variable == {"name": CONFIG_VARIABLE, "value": f"{folder}/config.yaml"}
