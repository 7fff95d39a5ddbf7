"""Rules for the rendering of every chart with each of its values files."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.harness import HELM3, HELM4, Case, Manifest, Manifests, argo, lint, render
from tests.harness.chart_fixtures import umbrella, with_version
from tests.harness.charts import EXAMPLES, all_values_files, charts, values_files
from tests.harness.frozen import canonical
from tests.harness.render import render_uncached

# Functions and objects that make a rendering depend on more than chart and values. After a dot, they are value names.
IMPURE = re.compile(
    r"(?<![.$\w])(lookup|now|ago|rand[A-Z]\w*|gen[A-Z]\w*|derivePassword|uuidv4|htpasswd|bcrypt|encryptAES"
    r"|getHostByName|env|expandenv)\b|\.Capabilities\b|\.Release\.(IsInstall|IsUpgrade|Revision)\b"
)
COMMENT = re.compile(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", re.DOTALL)
ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
STRING = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`')
DEFINE = re.compile(r'\{\{-?\s*define\s+"([^"]+)"')
# The template of the users' own objects.
EXTRA_OBJECTS = "extra-objects.yaml"


@pytest.fixture(params=charts(), ids=lambda chart: chart.name)
def chart(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture(params=all_values_files(), ids=str)
def case(request: pytest.FixtureRequest) -> Case:
    case: Case = request.param.case()
    return case


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("charts")


def bodies(manifests: Manifests) -> dict[tuple[str, str], Any]:
    """Return the rendered objects without the paths of their templates."""
    return {(manifest.kind, manifest.name): manifest.body for manifest in manifests}


def templates(chart: Path) -> list[Path]:
    """Return every template file of a chart."""
    return [file for file in sorted((chart / "templates").rglob("*")) if file.suffix in (".yaml", ".tpl", ".txt")]


def code(file: Path) -> str:
    """Return a template without its comments, with the line numbers unchanged."""
    return COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), file.read_text(encoding="utf-8"))


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def test_every_chart_has_values_files(chart: Path) -> None:
    assert len(values_files(chart)) >= 3, f"write charts/{chart.name}/ci/*-values.yaml, one for each use case"


def test_every_values_file_in_examples_belongs_to_a_chart() -> None:
    files = {*EXAMPLES.glob("values/*.yaml"), *EXAMPLES.rglob("values-*.yaml"), *EXAMPLES.rglob("*-values.yaml")}
    assert files <= {file.path for file in all_values_files()}, (
        "add the others to EXAMPLES_OF in tests/harness/charts.py"
    )


def test_rendering_is_reproducible(case: Case) -> None:
    assert render_uncached(case).text == render_uncached(case).text, "a template depends on more than chart and values"


def test_templates_are_pure(chart: Path) -> None:
    for file in templates(chart):
        text = code(file)
        for action in ACTION.finditer(text):
            found = IMPURE.search(STRING.sub('""', action[0]))
            assert not found, (
                f"{file}:{line_of(text, action.start())}: {found[0]}: it makes rendering impure; let a value decide"
            )


def test_only_the_namespace_helper_reads_the_release_namespace(chart: Path) -> None:
    for file in templates(chart):
        if file.name == "NOTES.txt":  # its helm commands need the namespace of the release
            continue
        text = code(file)
        for use in re.finditer(r"\.Release\.Namespace\b", text):
            defined = [match[1] for match in DEFINE.finditer(text, 0, use.start())]
            where = f"{file}:{line_of(text, use.start())}"
            assert defined[-1:] == [f"{chart.name}.namespace"], f'{where}: include "{chart.name}.namespace" instead'


def test_a_template_file_has_one_object(chart: Path) -> None:
    for file in templates(chart):
        kinds = re.findall(r"^kind: .*$", code(file), re.MULTILINE)
        assert len(kinds) <= 1, f"{file}: {kinds}: move each object to its own file"


def test_a_template_file_renders_one_kind(case: Case) -> None:
    kinds: dict[str, set[str]] = {}
    for manifest in render(case):
        if not manifest.template.endswith(f"/{EXTRA_OBJECTS}"):
            kinds.setdefault(manifest.template, set()).add(manifest.kind)
    mixed = {template: sorted(found) for template, found in kinds.items() if len(found) > 1}
    assert not mixed, f"move each object to its own file: {mixed}"


@pytest.fixture(scope="module")
def newer(scratch: Path) -> dict[Path, Path]:
    """Each chart with a later version."""
    return {chart: with_version(chart, "99.0.0", scratch / "newer") for chart in charts()}


def selectors(manifest: Manifest) -> Any:
    """Return the immutable fields by which an object finds pods and volumes."""
    spec = manifest.body.get("spec") or {}
    return spec.get("selector"), spec.get("volumeClaimTemplates")


def pods(manifest: Manifest) -> Any:
    """Return the part of an object whose change replaces pods. A Pod, such as a test's, is recreated each time."""
    return manifest.spec if manifest.kind == "Pod" else manifest.pod_template()


def test_a_new_chart_version_changes_neither_pods_nor_selectors(case: Case, newer: dict[Path, Path]) -> None:
    now, later = render(case), render(replace(case, chart=newer[case.chart]))
    assert now.keys == later.keys, "the version adds or removes objects"
    for manifest in now:
        after = later.one(manifest.kind, manifest.name)
        assert pods(manifest) == pods(after), f"{manifest}: remove the version from the pods"
        assert selectors(manifest) == selectors(after), f"{manifest}: remove the version from the selector"


@pytest.mark.parametrize("helm", [HELM4, HELM3], ids=lambda helm: helm.name)
def test_argo_cd_renders_the_same(case: Case, helm: Any) -> None:
    assert bodies(argo(case, helm)) == bodies(render(case))


def test_rendering_ignores_api_versions(case: Case) -> None:
    served = ("gateway.networking.k8s.io/v1", "keda.sh/v1alpha1", "monitoring.coreos.com/v1", "cert-manager.io/v1")
    assert bodies(render(replace(case, api_versions=served))) == bodies(render(case)), "let a value decide instead"


@pytest.fixture(scope="module")
def umbrellas(scratch: Path) -> dict[Path, Path]:
    """For each chart, an umbrella chart with only this subchart."""
    return {chart: umbrella(chart, scratch / chart.name) for chart in charts()}


def test_a_subchart_renders_the_same(case: Case, umbrellas: dict[Path, Path]) -> None:
    below = {case.chart.name: {**case.values, "enabled": True}, "global": {"any": "value"}}
    objects = bodies(render(replace(case, chart=umbrellas[case.chart], values=below)))
    assert canonical(sorted(objects.items())) == canonical(sorted(bodies(render(case)).items()))


def test_a_disabled_subchart_renders_nothing(case: Case, umbrellas: dict[Path, Path]) -> None:
    below = {case.chart.name: {**case.values, "enabled": False}}
    assert not list(render(replace(case, chart=umbrellas[case.chart], values=below)))


def test_helm_lint_finds_nothing(case: Case) -> None:
    assert "0 chart(s) failed" in lint(case)
