"""The configuration files of the chart, read by the server's own code."""

from __future__ import annotations

from pathlib import Path

from model_server.settings import CONFIG_VARIABLE, load_settings
from tests.charts.model_server.chart import server
from tests.harness import Manifests


def test_server_accepts_every_configuration(manifests: Manifests, tmp_path: Path) -> None:
    deployments = [each for each in manifests.of_kind("Deployment") if each.template.endswith("server/deployment.yaml")]
    assert deployments
    for deployment in deployments:
        config = tmp_path / f"{deployment.name}.yaml"
        config.write_text(manifests.one("ConfigMap", deployment.name).body["data"]["config.yaml"], encoding="utf-8")
        loaded = load_settings({}, {CONFIG_VARIABLE: str(config)})
        (container,) = [
            each for each in deployment.spec["template"]["spec"]["containers"] if each["name"] == "model-server"
        ]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        assert ports == {"http": loaded.values.port, "http-admin": loaded.values.admin_port}, str(deployment)


def test_environment_has_the_path_of_the_configuration() -> None:
    container = server()
    (variable,) = container["env"]
    folder = next(mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] == "config")
    assert variable == {"name": CONFIG_VARIABLE, "value": f"{folder}/config.yaml"}
