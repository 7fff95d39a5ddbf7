"""Bumping a version in a scratch copy of the repository, and the pages that describe it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import yaml

from cluster.tools import golang
from devkit import bump, mentions, paths, versions
from devkit.cli import main
from devkit.errors import UserError

GO = golang.ensure()
PAGES = paths.DOCS / "contributing"
DEPENDENCY = "example.com/dependency"


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scratch copy of all that a bump may change, without a module proxy."""
    monkeypatch.setenv("GOPROXY", "off")
    root = tmp_path / "repository"
    everything = mentions.tracked(paths.REPOSITORY)
    # Without this test, whose example versions are the pinned ones after a bump.
    for name in (name for name in everything if not name.startswith(("tests/charts/released/", "tests/devkit/"))):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(paths.REPOSITORY / name, root / name)
    return root


def go_mod(folder: Path) -> str:
    return (folder / "go.mod").read_text(encoding="utf-8")


def check_page(page: str, changed: set[str]) -> None:
    """The page has numbered steps, names each changed file, and names no file that does not exist."""
    text = (PAGES / page).read_text(encoding="utf-8")
    assert re.findall(r"^(\d+)\. ", text, re.MULTILINE)[:3] == ["1", "2", "3"], f"{page} has no numbered steps"
    named = set(re.findall(r"`([\w.*-]+(?:/[\w.*-]+)+|versions\.yaml)`", text))
    missing = {name for name in changed if not any(Path(name).match(each) for each in named)}
    assert not missing, f"name these files in docs/contributing/{page}: {sorted(missing)}"
    gone = {each for each in named if "*" not in each and not (paths.REPOSITORY / each).exists()}
    assert not gone, f"docs/contributing/{page} names files that do not exist: {sorted(gone)}"


def test_kubernetes_is_bumped_by_one_command(copy: Path) -> None:
    report = bump.bump({"kubernetes": "1.99.1"}, copy, GO, tidy=False)
    pinned = versions.load(copy / "versions.yaml")
    assert pinned.get("kubernetes") == "1.99.1"
    assert mentions.problems(pinned, copy) == []
    assert "k8s.io/kubernetes v1.99.1\n" in go_mod(copy / "cluster/go/kubernetes")
    for group in ("kubernetes", "helm3", "kube-state-metrics", "config-reloader"):
        replaced = re.findall(r"k8s\.io/\S+ => k8s\.io/\S+ (\S+)", go_mod(copy / "cluster/go" / group))
        assert set(replaced) == {"v0.99.1"}, f"cluster/go/{group}"
    assert "Tested on 1.99" in (copy / "charts/model-server/Chart.yaml").read_text(encoding="utf-8")
    assert any("digest of docker.io/kindest/node:v1.99.1 is removed" in step for step in report.left)
    assert "digest: sha256" not in (copy / "cluster/catalog.yaml").read_text(encoding="utf-8")
    assert any("kubeadm config images list" in step for step in report.left)
    check_page("bump-kubernetes.md", report.changed)


def test_istio_is_bumped_by_one_command(copy: Path) -> None:
    commit = "v0.0.0-20270101000000-0123456789ab"
    report = bump.bump({"istio": "1.99.1", "istio-module": commit}, copy, GO, tidy=False)
    pinned = versions.load(copy / "versions.yaml")
    assert (pinned.get("istio"), pinned.get("istio-module")) == ("1.99.1", commit)
    assert mentions.problems(pinned, copy) == []
    assert f"istio.io/istio {commit}\n" in go_mod(copy / "cluster/go/mesh")
    assert "Istio 1.99" in (copy / "charts/istio-routing/README.md").read_text(encoding="utf-8")
    assert any("envoy.txt" in step for step in report.left)
    check_page("bump-istio.md", report.changed)


def test_a_release_that_the_module_proxy_does_not_serve_is_left_to_do(copy: Path) -> None:
    report = bump.bump({"istio": "1.99.1"}, copy, GO, tidy=False)
    assert versions.load(copy / "versions.yaml").get("istio") == "1.99.1"
    assert "make bump istio-module=" in report.left[0]
    assert "cluster/go/mesh/go.mod" not in report.changed


@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        ("kubernets=1.38.0", "unknown version 'kubernets'"),
        ("kubernetes=latest", "not a version: 'latest'"),
        (f"kubernetes={versions.get('kubernetes')}", "already"),
        ("kubernetes", "not an assignment"),
    ],
)
def test_mistakes_are_refused_before_anything_is_written(
    assignment: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = versions.FILE.read_bytes()
    assert main(["bump", assignment]) == 1
    assert expected in capsys.readouterr().err
    assert versions.FILE.read_bytes() == before


def test_make_passes_assignments_on() -> None:
    command = ["make", "--dry-run", "bump", "kubernetes=1.99.1", "kind=0.99.0", "WORKERS=2"]
    printed = subprocess.run(command, cwd=paths.REPOSITORY, capture_output=True, text=True, check=True).stdout
    (line,) = [line for line in printed.splitlines() if "devkit bump" in line]
    assert sorted(line.split()[-2:]) == ["kind=0.99.0", "kubernetes=1.99.1"]


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one Go module group, whose dependency a proxy in a folder serves as v1.0.0 and v1.1.0."""
    proxy = tmp_path / "proxy" / DEPENDENCY / "@v"
    proxy.mkdir(parents=True)
    module = f"module {DEPENDENCY}\n\ngo 1.21\n"
    (proxy / "list").write_text("v1.0.0\nv1.1.0\n", encoding="utf-8")
    for version in ("v1.0.0", "v1.1.0"):
        (proxy / f"{version}.info").write_text(json.dumps({"Version": version}), encoding="utf-8")
        (proxy / f"{version}.mod").write_text(module, encoding="utf-8")
        with zipfile.ZipFile(proxy / f"{version}.zip", "w") as archive:
            archive.writestr(f"{DEPENDENCY}@{version}/go.mod", module)
            archive.writestr(f"{DEPENDENCY}@{version}/dependency.go", "package dependency\n")
    for name, value in {
        "GOPROXY": f"file://{tmp_path / 'proxy'}",
        "GONOSUMDB": DEPENDENCY,
        "GOMODCACHE": str(tmp_path / "modules"),
        "GOFLAGS": "-modcacherw",
    }.items():
        monkeypatch.setenv(name, value)
    root = tmp_path / "repository"
    group = root / "cluster" / "go" / "demo"
    group.mkdir(parents=True)
    (group / "tools.go").write_text(f'package tools\n\nimport _ "{DEPENDENCY}"\n', encoding="utf-8")
    (group / "go.mod").write_text(f"module demo\n\ngo 1.21\n\nrequire {DEPENDENCY} v1.0.0\n", encoding="utf-8")
    shutil.copytree(group, root / "cluster" / "go" / "other")
    (root / "cluster" / "catalog.yaml").write_text("images: []\n", encoding="utf-8")
    modules = {"require": {DEPENDENCY: "v${tool}"}, "replace": {}, "share": {"demo": {"other": []}}}
    head = "versions:\n  # A comment that stays.\n  tool: 1.0.0\n\n"
    rest = yaml.safe_dump({"modules": modules, "mentions": {}, "manual": {}}, sort_keys=False)
    (root / "versions.yaml").write_text(head + rest, encoding="utf-8")
    return root


def test_modules_are_resolved_again(small: Path) -> None:
    report = bump.bump({"tool": "1.1.0"}, small, GO)
    assert report.left == []
    groups = [f"cluster/go/{name}" for name in ("demo", "other")]
    assert report.changed == {"versions.yaml", *(f"{group}/go.{end}" for group in groups for end in ("mod", "sum"))}
    for group in groups:
        assert f"{DEPENDENCY} v1.1.0 h1:" in (small / group / "go.sum").read_text(encoding="utf-8")
    assert "# A comment that stays.\n  tool: 1.1.0\n" in (small / "versions.yaml").read_text(encoding="utf-8")


def test_groups_take_the_versions_of_the_group_that_they_share_with(small: Path) -> None:
    file = small / "versions.yaml"
    text = file.read_text(encoding="utf-8")
    indirect = f"module demo\n\ngo 1.21\n\nrequire {DEPENDENCY} v1.0.0 // indirect\n"
    (small / "cluster/go/other/go.mod").write_text(indirect, encoding="utf-8")
    bump.bump({"tool": "1.1.0"}, small, GO)
    assert f"{DEPENDENCY} v1.1.0" in go_mod(small / "cluster/go/other")
    file.write_text(text.replace("other: []", f"other: [{DEPENDENCY}]"), encoding="utf-8")
    (small / "cluster/go/demo/go.mod").write_text(indirect.replace(" // indirect", ""), encoding="utf-8")
    (small / "cluster/go/other/go.mod").write_text(indirect, encoding="utf-8")
    versions.load.cache_clear()
    bump.bump({"tool": "1.1.0"}, small, GO)
    assert f"{DEPENDENCY} v1.0.0" in go_mod(small / "cluster/go/other"), "an exception keeps its version"


def test_modules_that_cannot_be_resolved_are_left_to_do(small: Path) -> None:
    report = bump.bump({"tool": "1.9.0"}, small, GO)
    step = report.left[0]
    assert step.startswith("cluster/go/demo: `go mod tidy` exited with code 1")
    assert f"{DEPENDENCY}@v1.9.0" in step


def test_unknown_name_names_those_that_exist() -> None:
    with pytest.raises(UserError, match=r"unknown version 'x'.*kubernetes"):
        bump.bump({"x": "1.0.0"}, paths.REPOSITORY, GO)
