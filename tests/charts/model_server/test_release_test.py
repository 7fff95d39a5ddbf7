"""The test of a release: its runner, its environment, and that no Service selects it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts.model_server.chart import CHART, FULLNAME, one, rendered

KINDS = {"helm": "Pod", "argocd": "Job"}


def runner(name: str, **settings: Any) -> dict[str, Any]:
    return {"tests": {"runner": name, **settings}}


def pod_spec(name: str, values: dict[str, Any] | None = None) -> Any:
    manifest = one(KINDS[name], {**runner(name), **(values or {})}, f"{FULLNAME}-test")
    template = manifest.pod_template()
    assert template is not None
    return template["spec"]


def test_helm_runs_a_hook_and_deletes_it_on_success() -> None:
    manifest = one("Pod")
    assert manifest.annotations == {
        "helm.sh/hook": "test",
        "helm.sh/hook-delete-policy": "before-hook-creation,hook-succeeded",
    }
    assert manifest.spec["restartPolicy"] == "Never"


def test_argocd_runs_a_job_after_each_sync() -> None:
    manifest = one("Job", runner("argocd"))
    assert manifest.annotations == {
        "argocd.argoproj.io/hook": "PostSync",
        "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
    }
    assert manifest.spec["backoffLimit"] == 0
    assert manifest.spec["activeDeadlineSeconds"] == 60 + 600, "a test that cannot start must not block the sync"
    assert manifest.spec["template"]["spec"]["restartPolicy"] == "Never"


def test_both_runners_use_the_same_pod() -> None:
    assert pod_spec("helm") == pod_spec("argocd")


def test_runner_none_renders_no_test() -> None:
    manifests = rendered(runner("none"))
    assert not manifests.of_kind("Pod")
    assert not manifests.of_kind("Job")
    assert "hook" not in manifests.text


@pytest.mark.parametrize("name", sorted(KINDS))
def test_test_pod_has_a_name_label_of_its_own(name: str) -> None:
    manifest = one(KINDS[name], runner(name))
    template = manifest.pod_template()
    assert template is not None
    labels = {
        "app.kubernetes.io/name": f"{FULLNAME}-test",
        "app.kubernetes.io/instance": "demo",
        "app.kubernetes.io/component": "test",
    }
    assert labels.items() <= template["metadata"]["labels"].items()


@pytest.mark.parametrize("name", sorted(KINDS))
def test_environment_has_the_service_and_the_rows(name: str) -> None:
    tests = {"runner": name, "inputData": [[1.5, 2, "a'b"]], "timeoutSeconds": 9}
    (container,) = pod_spec(name, {"service": {"port": 81}, "namespaceOverride": "other", "tests": tests})["containers"]
    environment = {item["name"]: item["value"] for item in container["env"]}
    assert environment == {
        "SERVICE_HOST": f"{FULLNAME}.other",
        "SERVICE_PORT": "81",
        "INPUT_DATA": '[[1.5,2,"a\'b"]]',
        "TIMEOUT_SECONDS": "9",
    }


def test_runs_the_script_unchanged() -> None:
    (container,) = pod_spec("helm")["containers"]
    assert container["command"] == ["python3", "-c"]
    assert container["args"] == [(CHART / "files" / "smoke_test.py").read_text(encoding="utf-8")]


def test_calls_the_stable_service_with_several_versions() -> None:
    values = {"versions": [{"name": 1}, {"name": 2}], "service": {"version": 2}}
    (container,) = pod_spec("helm", values)["containers"]
    assert container["env"][0]["value"] == f"{FULLNAME}.serving"
