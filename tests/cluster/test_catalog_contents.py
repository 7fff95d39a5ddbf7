"""Consistency of the catalog, recipes, manifests, locks and versions of this repository."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster import catalog, layout, lifecycle, settings
from cluster.catalog import full_name
from devkit import paths, versions
from devkit.versions import parse_number
from devkit.workloads.serving import SERVER_IMAGE
from tests.cluster.fakes import REAL_GO

CATALOG = catalog.load()
MOVING_TAGS = {"", "latest", "stable", "edge", "main", "master", "nightly", "dev"}
GROUPS = sorted(CATALOG.groups)
MANIFESTS = sorted(
    file
    for folder in (
        "cluster/addons",
        "cluster/addons/collector",
        "cluster/recipes/kind-node/node/kind/manifests",
        "tests/e2e/manifests",
    )
    for file in (paths.REPOSITORY / folder).glob("*.yaml")
)
DOCKERFILES = sorted({image.folder / "Dockerfile" for image in CATALOG.images.values()})
# Groups that are compiled only on demand.
ON_DEMAND = {
    "helm3",
    "object-store",
    "monitoring",
    "alertmanager",
    "kube-state-metrics",
    "config-reloader",
    "prometheus-adapter",
    "mesh",
    "tracing",
    "keda",
}
# Packages whose version is set by ldflags, and the modules that have that version if their own differs.
VERSIONED_BY = {"k8s.io/component-base": "k8s.io/kubernetes"}
PINNED = versions.load()
# Required directly because ldflags set a version in it, or because a main package of ours passes its types to a
# program's package. Their own versions follow from the programs.
FOLLOWING = {
    "github.com/prometheus/common",
    "github.com/go-logr/logr",
    "k8s.io/api",
    "k8s.io/apimachinery",
    "k8s.io/client-go",
    "sigs.k8s.io/controller-runtime",
}
# Istio's module has no release versions.
COMMITS = {PINNED.get("istio-module"): PINNED.get("istio")}
# Many projects have their version set in this package.
PROMETHEUS_VERSION = "github.com/prometheus/common/version"


@cache
def go_mod(group: str) -> dict[str, Any]:
    """Return the go.mod of a group as JSON."""
    answer = subprocess.run(
        [REAL_GO, "mod", "edit", "-json"],
        cwd=layout.GO_GROUPS / group,
        env={**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": ""},
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(answer.stdout))


def required(group: str) -> dict[str, str]:
    """Return the modules that a group requires directly, with their versions."""
    return {item["Path"]: item["Version"] for item in go_mod(group)["Require"] if not item.get("Indirect")}


def locked(group: str) -> dict[str, str]:
    """Return all modules in the go.mod of a group, with their versions and replacements."""
    replaced = {item["Old"]["Path"]: f" => {item['New']['Version']}" for item in go_mod(group).get("Replace") or []}
    return {item["Path"]: item["Version"] + replaced.get(item["Path"], "") for item in go_mod(group)["Require"]}


def module_of(group: str, package: str) -> str | None:
    """Return the required module that contains a package, or None."""
    holders = [path for path in required(group) if package == path or package.startswith(f"{path}/")]
    return max(holders, key=len, default=None)


def version_of(group: str, module: str) -> str:
    """Return the release version of a required module. Prometheus numbers its module v0.316.0 for its 3.16.0."""
    if required(group)[module] in COMMITS:
        return COMMITS[required(group)[module]]
    version = required(group)[module].removesuffix("+incompatible").removeprefix("v")
    if module != "github.com/prometheus/prometheus":
        return version
    _, number, patch = version.split(".")
    return f"{int(number) // 100}.{int(number) % 100}.{patch}"


def values(node: Any) -> Iterator[str]:
    """Yield every text in a document, including the lines of embedded documents."""
    if isinstance(node, dict):
        for value in node.values():
            yield from values(value)
    elif isinstance(node, list):
        for value in node:
            yield from values(value)
    elif isinstance(node, str):
        yield node
        if "\n" in node:
            yield from (line.strip().removeprefix("image:").strip() for line in node.splitlines())


def images_in(manifest: Path) -> set[str]:
    """Return all texts in a manifest that look like images: a registry, a path and a tag."""
    texts = values(list(yaml.safe_load_all(manifest.read_text(encoding="utf-8"))))
    found = (re.fullmatch(r"(?:--[a-z-]+=)?([a-z0-9.-]+\.[a-z]+/[a-z0-9./_-]+:[\w.-]+)", text) for text in texts)
    return {match[1] for match in found if match}


@pytest.mark.parametrize("image", CATALOG.images.values(), ids=lambda image: image.name)
def test_images_have_a_full_name_a_fixed_tag_and_a_dockerfile(image: catalog.Image) -> None:
    assert full_name(image.name) == image.name, "write the registry out"
    assert image.name.rpartition("/")[2].partition(":")[2] not in MOVING_TAGS, "name a version as the tag"
    assert not image.digest or re.fullmatch(r"sha256:[0-9a-f]{64}", image.digest), "a digest is sha256: and 64 digits"
    assert (image.folder / "Dockerfile").is_file(), f"write {image.folder}/Dockerfile"


def test_recipes_belong_to_an_image() -> None:
    unused = {folder.name for folder in layout.RECIPES.iterdir()} - {image.recipe for image in CATALOG.images.values()}
    assert not unused, f"remove these recipes or name them in catalog.yaml: {sorted(unused)}"


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda file: str(file.parent.name))
def test_dockerfiles_start_from_scratch_or_the_base_in_the_catalog(dockerfile: Path) -> None:
    text = dockerfile.read_text(encoding="utf-8")
    stages = set(re.findall(r"^FROM .* AS (\S+)$", text, re.MULTILINE))
    for base in re.findall(r"^FROM (\S+)", text, re.MULTILINE):
        assert base in {"scratch", "${BASE_IMAGE}", *stages}, f"FROM {base}: name it as `base` in catalog.yaml"
    for source in re.findall(r"--from=(\S+)", text):
        assert source in stages, f"COPY --from={source} pulls an image that nothing pins"
    assert ("${BASE_IMAGE}" in text) == any(
        image.base for image in CATALOG.images.values() if image.folder == dockerfile.parent
    ), "`base` in catalog.yaml and BASE_IMAGE in the Dockerfile belong together"


@pytest.mark.parametrize("image", [i for i in CATALOG.images.values() if i.recipe], ids=lambda image: image.recipe)
def test_dockerfiles_copy_exactly_the_programs_in_the_catalog(image: catalog.Image) -> None:
    copied = set(re.findall(r"\bbin/([\w-]+)(?= )", (image.folder / "Dockerfile").read_text(encoding="utf-8")))
    copied = {name for name in copied if CATALOG.can_make(name)}
    assert copied == set(image.programs)


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda file: file.name)
def test_images_of_manifests_are_in_the_catalog(manifest: Path) -> None:
    for name in images_in(manifest):
        assert CATALOG.has_image(name), f"add {name} to catalog.yaml, so that it can be built where no registry answers"


def test_images_in_manifests_are_detected() -> None:
    found = set().union(*map(images_in, MANIFESTS))
    assert settings.METRICS_SERVER_IMAGE in found
    assert any("local-path-provisioner" in name for name in found)
    assert any("local-path-helper" in name for name in found), "the image in the embedded pod is not detected"


def needed(*names: str) -> Iterator[str]:
    """Yield images, their bases and their preloaded images."""
    for name in names:
        image = CATALOG.image(name)
        yield image.name
        yield from needed(*image.preload, *([image.base] if image.base else []))


def test_cluster_and_demo_do_not_build_what_only_tests_use() -> None:
    made = {*needed(settings.NODE_IMAGE, settings.REGISTRY_IMAGE, settings.METRICS_SERVER_IMAGE, SERVER_IMAGE)}
    programs = {*lifecycle.TOOLS}.union(*(CATALOG.image(name).programs for name in made))
    assert "kubelet" in programs
    assert set(GROUPS) >= ON_DEMAND, "ON_DEMAND has an unknown group: correct its name"
    slow = {CATALOG.program(name).group for name in programs} & ON_DEMAND
    assert not slow, f"`make demo` would compile the groups {slow}, a minute or more from nothing"
    assert not [name for name in made if "nginx" in name or "versitygw" in name]


def test_images_in_the_settings_are_in_the_catalog() -> None:
    for name in (settings.NODE_IMAGE, settings.REGISTRY_IMAGE, settings.METRICS_SERVER_IMAGE):
        assert CATALOG.has_image(name)


@pytest.mark.parametrize("group", GROUPS)
def test_groups_have_a_lock_with_a_digest_for_each_module(group: str) -> None:
    folder = layout.GO_GROUPS / group
    assert (folder / "go.mod").is_file(), f"run `go mod init` in {folder}"
    lock = (folder / "go.sum").read_text(encoding="utf-8").splitlines()
    for path, version in required(group).items():
        assert any(line.startswith(f"{path} {version} h1:") for line in lock), f"run `go mod tidy` in {folder}"


def test_module_groups_are_in_the_catalog() -> None:
    assert sorted(folder.name for folder in layout.GO_GROUPS.iterdir()) == GROUPS


@pytest.mark.parametrize("program", CATALOG.programs.values(), ids=lambda program: program.name)
def test_packages_of_programs_exist(program: catalog.Program) -> None:
    folder = layout.GO_GROUPS / program.group
    if program.package.startswith("./"):
        assert list((folder / program.package).glob("*.go")), f"{folder / program.package} holds no Go files"
        return
    assert module_of(program.group, program.package), f"{folder}/go.mod requires no module of {program.package}"
    tools = (folder / "tools.go").read_text(encoding="utf-8")
    assert f'"{program.package}"' in tools, f"import it in {folder}/tools.go, or `go mod tidy` drops its module"


@pytest.mark.parametrize("program", CATALOG.programs.values(), ids=lambda program: program.name)
def test_version_in_ldflags_is_the_version_of_the_module(program: catalog.Program) -> None:
    for package, version in re.findall(r"-X (\S+)\.\w*[vV]ersion=(\S+)", program.ldflags):
        is_shared = package in ("main", PROMETHEUS_VERSION)
        module = module_of(program.group, program.package if is_shared else package)
        module = next((by for of, by in VERSIONED_BY.items() if package.startswith(of)), module)
        assert module, f"{package} belongs to no module of group {program.group}"
        locked = version_of(program.group, module)
        assert version.removeprefix("v") == locked, f"{module} is {locked} in go.mod, but ldflags say {version}"


@pytest.mark.parametrize("group", GROUPS)
def test_direct_requirements_are_pinned_in_the_versions_file(group: str) -> None:
    unpinned = required(group).keys() - PINNED.required.keys() - FOLLOWING
    assert not unpinned, f"add {sorted(unpinned)} to `modules` in versions.yaml"
    wanted = {path: PINNED.resolve(PINNED.required[path]) for path in required(group).keys() & PINNED.required.keys()}
    other = {path: (required(group)[path], version) for path, version in wanted.items()}
    other = {path: (found, version) for path, (found, version) in other.items() if found != version}
    assert not other, f"cluster/go/{group}/go.mod and versions.yaml differ: run `make bump`, or correct one: {other}"


@pytest.mark.parametrize("group", GROUPS)
def test_replaced_libraries_of_kubernetes_have_its_version(group: str) -> None:
    (pattern, version), *_ = PINNED.replaced.items()
    replaced = {item["Old"]["Path"]: item["New"]["Version"] for item in go_mod(group).get("Replace") or []}
    found = {replaced[path] for path in replaced if fnmatch(path, pattern)}
    assert found <= {PINNED.resolve(version)}, f"run `make bump kubernetes=…`: {group} replaces them by {found}"


def test_pinned_modules_are_required_by_a_group() -> None:
    unused = PINNED.required.keys() - set().union(*map(required, GROUPS))
    assert not unused, f"remove these from `modules` in versions.yaml: {sorted(unused)}"


@pytest.mark.parametrize("entry", CATALOG.crds.values(), ids=lambda entry: entry.name)
def test_modules_of_custom_resources_are_required(entry: catalog.CustomResources) -> None:
    assert entry.module in required(entry.group), f"require {entry.module} in cluster/go/{entry.group}/go.mod"


def test_modules_of_the_group_crds_are_used() -> None:
    taken = {entry.module for entry in CATALOG.crds.values() if entry.group == "crds"}
    assert set(required("crds")) == taken


COMPILED_TOOLS = [tool for tool in CATALOG.tools.values() if tool.name in CATALOG.programs]


@pytest.mark.parametrize("wheel", CATALOG.wheels.values(), ids=lambda wheel: wheel.name)
def test_wheels_are_pinned_by_digest_and_reach_the_minimum_version(wheel: catalog.Wheel) -> None:
    lock = (paths.REPOSITORY / "requirements" / wheel.lock).read_text(encoding="utf-8")
    pinned = re.findall(r"^[\w.-]+==(\S+)", lock, re.MULTILINE)
    assert len(pinned) == 1, f"requirements/{wheel.lock} has to pin one package, and it alone"
    assert "--hash=sha256:" in lock, "pin what is downloaded by its digest"
    built, minimum = parse_number(pinned[0]), parse_number(CATALOG.tool(wheel.name).minimum)
    assert built is not None
    assert minimum is not None
    assert built >= minimum, f"raise the version in requirements/{wheel.lock}, or lower the minimum"


@pytest.mark.parametrize("tool", COMPILED_TOOLS, ids=lambda tool: tool.name)
def test_built_tools_reach_the_minimum_version(tool: catalog.Tool) -> None:
    program = CATALOG.program(tool.name)
    module = module_of(program.group, program.package)
    assert module
    built, minimum = parse_number(version_of(program.group, module)), parse_number(tool.minimum)
    assert built is not None
    assert minimum is not None
    assert built >= minimum, f"{module} {built} is older than the minimum {minimum}"
    if tool.below:
        below = parse_number(tool.below)
        assert below is not None, f"`below` must be a version: {tool.below}"
        assert built < below, f"{module} {built} is not older than {below}"


@pytest.mark.parametrize("group", PINNED.shared["kubernetes"])
def test_groups_share_module_versions_with_kubernetes(group: str) -> None:
    ours, theirs = locked(group), locked("kubernetes")
    both = (ours.keys() & theirs.keys()) - set(PINNED.shared["kubernetes"][group])
    other = {path: (ours[path], theirs[path]) for path in both if ours[path] != theirs[path]}
    assert not other, f"use the versions of cluster/go/kubernetes/go.mod, or Go compiles the modules twice: {other}"


def test_helm_3_renders_for_the_kubernetes_of_the_cluster_by_default() -> None:
    minor = settings.KUBERNETES_VERSION.split(".")[1]
    flags = re.findall(r"\.k8sVersionMinor=(\S+)", CATALOG.program("helm3").ldflags)
    assert flags == [minor, minor]


def test_node_control_plane_and_tools_have_one_kubernetes_version() -> None:
    version = settings.KUBERNETES_VERSION
    assert required("kubernetes")["k8s.io/kubernetes"] == version
    assert f"gitVersion={version}" in CATALOG.program("kubelet").ldflags
    node = CATALOG.image(settings.NODE_IMAGE)
    control_plane = {name for name in node.preload if name.startswith("registry.k8s.io/kube-")}
    assert {name.rpartition(":")[2] for name in control_plane} == {version}
    assert len(control_plane) == 4


def test_recipes_contain_no_package_sources() -> None:
    files = [catalog.FILE, *(file for file in layout.RECIPES.rglob("*") if file.is_file())]
    naming = [str(file) for file in files if "://" in file.read_text(encoding="utf-8")]
    assert not naming, f"remove the addresses: the settings of the machine decide where packages come from: {naming}"
