"""What a rendering depends on, and whether Kubernetes takes what comes out: for every values file."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.charts.model_server.chart import CHART, METADATA, case
from tests.harness import Case, Manifests, lint, render
from tests.harness.render import render_anew
from tests.harness.schemas import newest_version, problems

OLDEST = ".".join(METADATA["kubeVersion"].removeprefix(">=").split(".")[:2])
NEWEST = newest_version()
# What makes a rendering depend on more than the chart and its values.
IMPURE = re.compile(
    r"\b(lookup|rand[A-Z]\w*|gen[A-Z]\w*|derivePassword|uuidv4|now|ago|date\w*|htpasswd|bcrypt|getHostByName"
    r"|env|expandenv)\b(?=[^:])|\.Capabilities\b|\.Release\.(IsInstall|IsUpgrade|Revision)\b"
)


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_kubernetes_knows_every_field(manifests: Manifests, version: str) -> None:
    wrong = [f"{manifest}: {text}" for manifest in manifests for text in problems(manifest.body, version)]
    assert not wrong, f"Kubernetes {version} would not take this:\n" + "\n".join(wrong)


def test_the_version_of_kubernetes_makes_no_difference(given: Case) -> None:
    oldest = replace(given, kube_version=f"{OLDEST}.0")
    assert render(oldest).text == render(given).text, "a template asks for the version of Kubernetes"


def test_an_older_kubernetes_is_refused() -> None:
    major, minor = OLDEST.split(".")
    older = replace(case(), kube_version=f"{major}.{int(minor) - 1}.9")
    with pytest.raises(Exception, match=r"chart requires kubeVersion: >=1\.35\.0-0 which is incompatible"):
        render(older)


def test_rendering_twice_gives_the_same_bytes(given: Case) -> None:
    assert render_anew(given).text == render(given).text, "a template depends on more than chart and values"


def test_nothing_that_scales_is_told_how_many_pods_there_are(manifests: Manifests) -> None:
    scaled = {
        scaler.spec["scaleTargetRef"]["name"]
        for kind in ("HorizontalPodAutoscaler", "ScaledObject")
        for scaler in manifests.of_kind(kind)
    }
    for deployment in manifests.of_kind("Deployment"):
        if deployment.name in scaled:
            assert "replicas" not in deployment.spec, f"{deployment}: an upgrade would undo what the autoscaler did"
        else:
            assert "replicas" in deployment.spec, f"{deployment}: Kubernetes would give it one pod"


def test_no_object_is_a_hook_of_two_tools(manifests: Manifests) -> None:
    hooks: dict[str, list[str]] = {"helm.sh/hook": [], "argocd.argoproj.io/": []}
    for manifest in manifests:
        for key in manifest.annotations:
            for prefix, found in hooks.items():
                if key.startswith(prefix):
                    found.append(str(manifest))
    assert not (hooks["helm.sh/hook"] and hooks["argocd.argoproj.io/"]), f"Argo CD would leave out Helm's: {hooks}"


def test_a_new_chart_version_rolls_no_pod(given: Case, newer: Path) -> None:
    now, after = render(given), render(replace(given, chart=newer))
    assert now.keys == after.keys, "a new version alone makes or removes no object"
    for deployment in now.of_kind("Deployment"):
        later = after.one("Deployment", deployment.name)
        assert deployment.labels != later.labels, "the bump must reach the labels of objects"
        assert deployment.spec == later.spec, f"{deployment}: take what changed out of the pod template"


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same chart under a later version."""
    copy = tmp_path_factory.mktemp("newer") / "model-server"
    shutil.copytree(CHART, copy)
    metadata = (copy / "Chart.yaml").read_text(encoding="utf-8")
    bumped = re.sub(r"^version: .*$", "version: 99.0.0", metadata, flags=re.MULTILINE)
    assert bumped != metadata
    (copy / "Chart.yaml").write_text(bumped, encoding="utf-8")
    return copy


def test_no_template_is_impure() -> None:
    for path in sorted((CHART / "templates").rglob("*.*")):
        text = re.sub(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for action in re.findall(r"\{\{.*?\}\}", text, flags=re.DOTALL):
            without_strings = re.sub(r'"[^"]*"|`[^`]*`', '""', action)
            found = IMPURE.search(without_strings)
            assert not found, f"{path.name}: {found and found.group()} in {action}: rendering must be pure"


def test_the_linter_finds_nothing(given: Case) -> None:
    assert "0 chart(s) failed" in lint(given)
