"""What holds for every object of every values file in charts/model-server/ci."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.charts.model_server.chart import CHART, CI_FILES, FULLNAME, ci_case, read
from tests.harness import Case, Manifests, lint, render
from tests.harness.policy.pod_security import violations
from tests.harness.render import render_anew
from tests.harness.schemas import newest_version, problems

OLDEST = ".".join(read(CHART / "Chart.yaml")["kubeVersion"].removeprefix(">=").split(".")[:2])
NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
COMMON_LABELS = {
    "app.kubernetes.io/name",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/version",
    "app.kubernetes.io/managed-by",
    "app.kubernetes.io/part-of",
    "helm.sh/chart",
}
# What makes a rendering depend on more than the chart and its values.
IMPURE = re.compile(
    r"\b(lookup|rand[A-Z]\w*|gen[A-Z]\w*|derivePassword|uuidv4|now|ago|date\w*|htpasswd|bcrypt|getHostByName"
    r"|env|expandenv)\b(?=[^:])|\.Capabilities\b|\.Release\.(IsInstall|IsUpgrade|Revision)\b"
)


@pytest.fixture(params=CI_FILES, ids=lambda path: path.name)
def values_file(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture
def manifests(values_file: Path) -> Manifests:
    return render(ci_case(values_file))


def test_there_are_values_files_to_test_with() -> None:
    assert len(CI_FILES) >= 4


def test_every_name_is_a_dns_label(manifests: Manifests) -> None:
    for manifest in manifests:
        assert NAME.fullmatch(manifest.name), f"{manifest}: the name is no DNS label"
        assert len(manifest.name) <= 63, f"{manifest}: the name is longer than 63 characters"


def test_every_name_stays_legal_with_the_longest_release_name(values_file: Path) -> None:
    long = ci_case(values_file)
    for manifest in render(Case(CHART, long.values, release="r" * 53)):
        assert NAME.fullmatch(manifest.name), f"{manifest}: the name is no DNS label"
        assert len(manifest.name) <= 63, f"{manifest}: the name is longer than 63 characters"
        for key, value in manifest.labels.items():
            assert len(value) <= 63, f"{manifest}: the label {key} is longer than 63 characters"


def test_two_long_names_that_begin_alike_stay_two() -> None:
    names = {
        render(ci_case(CI_FILES[0]).with_values({"fullnameOverride": "m" * 70 + end})).one("Service").name
        for end in "ab"
    }
    assert len(names) == 2, "cut names must end in a digest of the whole"


def test_every_object_is_in_the_release_namespace(manifests: Manifests) -> None:
    for manifest in manifests:
        assert manifest.body["metadata"].get("namespace") == "serving", f"{manifest}: set metadata.namespace"


def test_every_object_carries_the_common_labels(manifests: Manifests) -> None:
    for manifest in manifests:
        missing = COMMON_LABELS - set(manifest.labels)
        assert not missing, f"{manifest}: lacks the labels {sorted(missing)}; include model-server.labels"


def test_every_label_value_is_legal(manifests: Manifests) -> None:
    for manifest in manifests:
        template = manifest.pod_template() or {}
        for key, value in {**manifest.labels, **template.get("metadata", {}).get("labels", {})}.items():
            assert LABEL_VALUE.fullmatch(value), f"{manifest}: {key}={value!r} is no legal label"
            assert len(value) <= 63, f"{manifest}: {key}={value!r} is longer than 63 characters"


def _selectors(manifests: Manifests) -> Iterator[tuple[str, Any]]:
    for manifest in manifests:
        if manifest.kind == "Service":
            yield str(manifest), manifest.spec["selector"]
        elif manifest.kind in ("Deployment", "PodDisruptionBudget"):
            yield str(manifest), manifest.spec["selector"]["matchLabels"]
        for spread in (manifest.pod_template() or {}).get("spec", {}).get("topologySpreadConstraints", []):
            yield f"{manifest} topologySpreadConstraints", spread["labelSelector"]["matchLabels"]


def test_selectors_hold_the_name_and_the_instance_only(manifests: Manifests) -> None:
    for where, selector in _selectors(manifests):
        assert selector == {
            "app.kubernetes.io/name": "model-server",
            "app.kubernetes.io/instance": "demo",
        }, f"{where}: a selector cannot change after the installation; keep what changes out of it"


def test_selectors_find_the_servers_pods_and_no_others(manifests: Manifests) -> None:
    for where, selector in _selectors(manifests):
        found = set()
        for manifest in manifests:
            template = manifest.pod_template()
            if template and selector.items() <= template["metadata"]["labels"].items():
                found.add((manifest.kind, manifest.name))
        assert found == {("Deployment", FULLNAME)}, f"{where}: selects {sorted(found)}"


@pytest.mark.parametrize("version", [OLDEST, newest_version()])
def test_kubernetes_knows_every_field(manifests: Manifests, version: str) -> None:
    wrong = [f"{manifest}: {text}" for manifest in manifests for text in problems(manifest.body, version)]
    assert not wrong, f"Kubernetes {version} would not take this:\n" + "\n".join(wrong)


def test_every_pod_is_restricted(manifests: Manifests) -> None:
    wrong = [f"{manifest}: {text}" for manifest, spec in manifests.pod_specs() for text in violations(spec)]
    assert not wrong, 'against the Pod Security Standard "restricted":\n' + "\n".join(wrong)


def test_the_charts_own_containers_cannot_write_to_their_image(manifests: Manifests) -> None:
    for manifest, container in manifests.containers():
        if container["name"] in ("model-server", "test"):
            read_only = container["securityContext"]["readOnlyRootFilesystem"]
            assert read_only is True, f"{manifest}: {container['name']}: set readOnlyRootFilesystem"


def test_no_pod_gets_a_token_or_the_environment_of_services(manifests: Manifests) -> None:
    for manifest, spec in manifests.pod_specs():
        assert spec["automountServiceAccountToken"] is False, f"{manifest}: would get an API token"
        assert spec["enableServiceLinks"] is False, f"{manifest}: would get a variable for each Service"


def test_every_mount_has_its_volume_and_every_volume_its_mount(manifests: Manifests) -> None:
    for manifest, spec in manifests.pod_specs():
        volumes = {volume["name"] for volume in spec.get("volumes", [])}
        mounts = {
            mount["name"]
            for section in ("initContainers", "containers")
            for container in spec.get(section, [])
            for mount in container.get("volumeMounts", [])
        }
        assert volumes == mounts, f"{manifest}: volumes and mounts differ in {sorted(volumes ^ mounts)}"


def test_rendering_twice_gives_the_same_bytes(values_file: Path) -> None:
    case = ci_case(values_file)
    assert render_anew(case).text == render(case).text, "a template depends on more than chart and values"


def test_a_new_chart_version_rolls_no_pod(values_file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "model-server"
    shutil.copytree(CHART, copy)
    metadata = (copy / "Chart.yaml").read_text(encoding="utf-8")
    bumped = re.sub(r"^version: .*$", "version: 99.0.0", metadata, flags=re.MULTILINE)
    assert bumped != metadata
    (copy / "Chart.yaml").write_text(bumped, encoding="utf-8")
    now, after = render(ci_case(values_file)), render(Case(copy, read(values_file)))
    assert now.one("Service").labels != after.one("Service").labels, "the bump must reach the labels of objects"
    assert now.one("Deployment").spec == after.one("Deployment").spec, "take what changed out of the pod template"


def test_no_template_is_impure() -> None:
    for path in sorted((CHART / "templates").iterdir()):
        text = re.sub(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for action in re.findall(r"\{\{.*?\}\}", text, flags=re.DOTALL):
            without_strings = re.sub(r'"[^"]*"|`[^`]*`', '""', action)
            found = IMPURE.search(without_strings)
            assert not found, f"{path.name}: {found and found.group()} in {action}: rendering must be pure"


def test_the_linter_finds_nothing(values_file: Path) -> None:
    assert "0 chart(s) failed" in lint(ci_case(values_file))
