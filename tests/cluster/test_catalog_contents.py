"""What the repository itself says in its catalog, recipes, manifests and locks, held against each other."""

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
# Families of which nothing is compiled until somebody asks for it by name.
ASKED_FOR = {
    "helm3",
    "object-store",
    "monitoring",
    "alertmanager",
    "kube-state-metrics",
    "config-reloader",
    "prometheus-adapter",
    "mesh",
    "tracing",
}
# Families that take the versions of the group `kubernetes` for whatever both use, but for what they cannot.
SHARED_WITH_KUBERNETES: dict[str, set[str]] = {
    "helm3": set(),
    # They name a patch release that is newer, and compile it themselves.
    "kube-state-metrics": {"github.com/prometheus/client_golang", "github.com/prometheus/common"},
    # Another library that it uses wants functions that a later Prometheus has no more.
    "config-reloader": {"github.com/prometheus/prometheus"},
}
# The package that is told a version, where its own module is numbered in another way.
VERSIONED_BY = {"k8s.io/component-base": "k8s.io/kubernetes"}
PINNED = versions.load()
# Required directly for the package that is told a version; its own version follows from the program's.
FOLLOWING = {"github.com/prometheus/common"}
# Istio's module has no release versions.
COMMITS = {PINNED.get("istio-module"): PINNED.get("istio")}
# The package that many projects are told their own version in.
PROMETHEUS_VERSION = "github.com/prometheus/common/version"


@cache
def go_mod(group: str) -> dict[str, Any]:
    """A group's go.mod."""
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
    """The modules that a group's go.mod requires directly, and their versions."""
    return {item["Path"]: item["Version"] for item in go_mod(group)["Require"] if not item.get("Indirect")}


def locked(group: str) -> dict[str, str]:
    """Every module that a group's go.mod names, and what it is compiled from."""
    replaced = {item["Old"]["Path"]: f" => {item['New']['Version']}" for item in go_mod(group).get("Replace") or []}
    return {item["Path"]: item["Version"] + replaced.get(item["Path"], "") for item in go_mod(group)["Require"]}


def module_of(group: str, package: str) -> str | None:
    """The required module that holds a package: the longest whose path begins the package's."""
    holders = [path for path in required(group) if package == path or package.startswith(f"{path}/")]
    return max(holders, key=len, default=None)


def version_of(group: str, module: str) -> str:
    """The version that a required module is known by. Prometheus numbers its module v0.316.0 for its 3.16.0."""
    if required(group)[module] in COMMITS:
        return COMMITS[required(group)[module]]
    version = required(group)[module].removesuffix("+incompatible").removeprefix("v")
    if module != "github.com/prometheus/prometheus":
        return version
    _, number, patch = version.split(".")
    return f"{int(number) // 100}.{int(number) % 100}.{patch}"


def values(node: Any) -> Iterator[str]:
    """Every text in a document, those in embedded documents included."""
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
    """Whatever in a manifest looks like an image: a registry, a path and a tag."""
    texts = values(list(yaml.safe_load_all(manifest.read_text(encoding="utf-8"))))
    found = (re.fullmatch(r"(?:--[a-z-]+=)?([a-z0-9.-]+\.[a-z]+/[a-z0-9./_-]+:[\w.-]+)", text) for text in texts)
    return {match[1] for match in found if match}


@pytest.mark.parametrize("image", CATALOG.images.values(), ids=lambda image: image.name)
def test_every_image_has_a_full_name_a_fixed_tag_and_a_dockerfile(image: catalog.Image) -> None:
    assert full_name(image.name) == image.name, "write the registry out, or nobody finds the image"
    assert image.name.rpartition("/")[2].partition(":")[2] not in MOVING_TAGS, "name a version as the tag"
    assert not image.digest or re.fullmatch(r"sha256:[0-9a-f]{64}", image.digest), "a digest is sha256: and 64 digits"
    assert (image.folder / "Dockerfile").is_file(), f"write {image.folder}/Dockerfile"


def test_every_recipe_belongs_to_an_image() -> None:
    unused = {folder.name for folder in layout.RECIPES.iterdir()} - {image.recipe for image in CATALOG.images.values()}
    assert not unused, f"remove these recipes or name them in catalog.yaml: {sorted(unused)}"


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda file: str(file.parent.name))
def test_a_dockerfile_starts_from_nothing_or_from_the_catalogs_base(dockerfile: Path) -> None:
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
def test_a_dockerfile_copies_exactly_the_programs_that_the_catalog_gives_it(image: catalog.Image) -> None:
    copied = set(re.findall(r"\bbin/([\w-]+)(?= )", (image.folder / "Dockerfile").read_text(encoding="utf-8")))
    copied = {name for name in copied if CATALOG.can_make(name)}
    assert copied == set(image.programs)


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda file: file.name)
def test_every_image_of_a_manifest_is_in_the_catalog(manifest: Path) -> None:
    for name in images_in(manifest):
        assert CATALOG.has_image(name), f"add {name} to catalog.yaml: where no registry answers it is built from there"


def test_images_are_found_in_manifests_at_all() -> None:
    found = set().union(*map(images_in, MANIFESTS))
    assert settings.METRICS_SERVER_IMAGE in found
    assert any("local-path-provisioner" in name for name in found)
    assert any("local-path-helper" in name for name in found), "the image in the embedded pod is not looked at"


def needed(*names: str) -> Iterator[str]:
    """Images, and those that they are made from."""
    for name in names:
        image = CATALOG.image(name)
        yield image.name
        yield from needed(*image.preload, *([image.base] if image.base else []))


def test_what_only_tests_use_is_not_made_for_the_cluster_or_the_demo() -> None:
    made = {*needed(settings.NODE_IMAGE, settings.REGISTRY_IMAGE, settings.METRICS_SERVER_IMAGE, SERVER_IMAGE)}
    programs = {*lifecycle.TOOLS}.union(*(CATALOG.image(name).programs for name in made))
    assert "kubelet" in programs
    assert set(GROUPS) >= ASKED_FOR, "a group of that list is not in the catalog: correct the name"
    slow = {CATALOG.program(name).group for name in programs} & ASKED_FOR
    assert not slow, f"`make demo` would compile the groups {slow}, a minute or more from nothing"
    assert not [name for name in made if "nginx" in name or "versitygw" in name]


def test_the_images_that_the_code_names_are_in_the_catalog() -> None:
    for name in (settings.NODE_IMAGE, settings.REGISTRY_IMAGE, settings.METRICS_SERVER_IMAGE):
        assert CATALOG.has_image(name)


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_has_its_lock_and_every_locked_module_a_digest(group: str) -> None:
    folder = layout.GO_GROUPS / group
    assert (folder / "go.mod").is_file(), f"run `go mod init` in {folder}"
    lock = (folder / "go.sum").read_text(encoding="utf-8").splitlines()
    for path, version in required(group).items():
        assert any(line.startswith(f"{path} {version} h1:") for line in lock), f"run `go mod tidy` in {folder}"


def test_every_go_module_group_is_in_the_catalog() -> None:
    assert sorted(folder.name for folder in layout.GO_GROUPS.iterdir()) == GROUPS


@pytest.mark.parametrize("program", CATALOG.programs.values(), ids=lambda program: program.name)
def test_every_program_is_a_folder_here_or_in_a_module_that_its_group_requires(program: catalog.Program) -> None:
    folder = layout.GO_GROUPS / program.group
    if program.package.startswith("./"):
        assert list((folder / program.package).glob("*.go")), f"{folder / program.package} holds no Go files"
        return
    assert module_of(program.group, program.package), f"{folder}/go.mod requires no module of {program.package}"
    tools = (folder / "tools.go").read_text(encoding="utf-8")
    assert f'"{program.package}"' in tools, f"import it in {folder}/tools.go, or `go mod tidy` drops its module"


@pytest.mark.parametrize("program", CATALOG.programs.values(), ids=lambda program: program.name)
def test_a_version_that_a_program_is_told_is_that_of_its_module(program: catalog.Program) -> None:
    for package, version in re.findall(r"-X (\S+)\.\w*[vV]ersion=(\S+)", program.ldflags):
        told_for_all = package in ("main", PROMETHEUS_VERSION)
        module = module_of(program.group, program.package if told_for_all else package)
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
def test_custom_resources_come_from_a_module_that_their_group_requires(entry: catalog.CustomResources) -> None:
    assert entry.module in required(entry.group), f"require {entry.module} in cluster/go/{entry.group}/go.mod"


def test_every_module_that_only_files_are_taken_from_is_used() -> None:
    taken = {entry.module for entry in CATALOG.crds.values() if entry.group == "crds"}
    assert set(required("crds")) == taken


COMPILED_TOOLS = [tool for tool in CATALOG.tools.values() if tool.name in CATALOG.programs]


@pytest.mark.parametrize("wheel", CATALOG.wheels.values(), ids=lambda wheel: wheel.name)
def test_every_wheel_is_pinned_by_digest_and_new_enough_for_the_catalog(wheel: catalog.Wheel) -> None:
    lock = (paths.REPOSITORY / "requirements" / wheel.lock).read_text(encoding="utf-8")
    pinned = re.findall(r"^[\w.-]+==(\S+)", lock, re.MULTILINE)
    assert len(pinned) == 1, f"requirements/{wheel.lock} has to pin one package, and it alone"
    assert "--hash=sha256:" in lock, "pin what is downloaded by its digest"
    built, minimum = parse_number(pinned[0]), parse_number(CATALOG.tool(wheel.name).minimum)
    assert built is not None
    assert minimum is not None
    assert built >= minimum, f"raise the version in requirements/{wheel.lock}, or lower the minimum"


@pytest.mark.parametrize("tool", COMPILED_TOOLS, ids=lambda tool: tool.name)
def test_a_tool_that_is_built_is_new_enough_for_the_catalog(tool: catalog.Tool) -> None:
    program = CATALOG.program(tool.name)
    module = module_of(program.group, program.package)
    assert module
    built, minimum = parse_number(version_of(program.group, module)), parse_number(tool.minimum)
    assert built is not None
    assert minimum is not None
    assert built >= minimum, f"{module} {built} is older than the minimum {minimum}"
    if tool.below:
        below = parse_number(tool.below)
        assert below is not None, f"{tool.below} is no version, and would rule nothing out"
        assert built < below, f"{module} {built} is not older than {below}"


@pytest.mark.parametrize("group", SHARED_WITH_KUBERNETES)
def test_a_group_shares_its_versions_with_the_one_that_is_compiled_anyway(group: str) -> None:
    ours, theirs = locked(group), locked("kubernetes")
    both = (ours.keys() & theirs.keys()) - SHARED_WITH_KUBERNETES[group]
    other = {path: (ours[path], theirs[path]) for path in both if ours[path] != theirs[path]}
    assert not other, f"take the versions of cluster/go/kubernetes/go.mod, or Go compiles them a second time: {other}"


def test_helm_3_renders_for_the_clusters_version_where_it_is_told_none() -> None:
    minor = settings.KUBERNETES_VERSION.split(".")[1]
    flags = re.findall(r"\.k8sVersionMinor=(\S+)", CATALOG.program("helm3").ldflags)
    assert flags == [minor, minor]


def test_the_node_the_control_plane_and_the_tools_are_of_one_kubernetes_version() -> None:
    version = settings.KUBERNETES_VERSION
    assert required("kubernetes")["k8s.io/kubernetes"] == version
    assert f"gitVersion={version}" in CATALOG.program("kubelet").ldflags
    node = CATALOG.image(settings.NODE_IMAGE)
    control_plane = {name for name in node.preload if name.startswith("registry.k8s.io/kube-")}
    assert {name.rpartition(":")[2] for name in control_plane} == {version}
    assert len(control_plane) == 4


def test_no_recipe_says_where_packages_come_from() -> None:
    files = [catalog.FILE, *(file for file in layout.RECIPES.rglob("*") if file.is_file())]
    naming = [str(file) for file in files if "://" in file.read_text(encoding="utf-8")]
    assert not naming, f"the machine's own settings decide where packages come from; an address is named in {naming}"
