"""Loading the catalog: mistakes are errors with a remedy, and image names are completed as container runtimes do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cluster import catalog, cli, registry
from cluster.catalog import Catalog, full_name
from devkit.errors import UserError

UseCatalog = Callable[[str], Catalog]

GOOD = """
groups:
  demo:
    ldflags: -X a=1
    programs:
      kind: {package: ./kind, ldflags: -X b=2}
      plain: {package: ./plain}
tools:
  kind: {version: [version], minimum: 1.0.0}
crds:
  things: {group: demo, module: example.com/things, folder: crds}
images:
  - {name: "docker.io/library/base:1", recipe: base}
  - {name: "docker.io/library/app:1", recipe: app, base: "docker.io/library/base:1", programs: [plain]}
"""


def test_valid_catalog_is_loaded(use_catalog: UseCatalog) -> None:
    loaded = use_catalog(GOOD)
    assert loaded.program("kind").ldflags == "-X a=1 -X b=2", "the flags of the group come first"
    assert loaded.program("plain").ldflags == "-X a=1"
    assert loaded.image("app:1").base == "docker.io/library/base:1"
    assert loaded.custom_resources("things").files == "*.yaml"
    assert loaded.has_image("base:1")
    assert not loaded.has_image("base:2")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("minimum:", "minimun:", "unknown key 'minimun'", id="unknown key of a tool"),
        pytest.param("package: ./plain", "pakage: ./plain", "unknown key 'pakage'", id="unknown key of a program"),
        pytest.param("recipe: base", "recipie: base", "unknown key 'recipie'", id="unknown key of an image"),
        pytest.param(
            "recipe: base", "recipe: base, files: {f: {gruop: x}}", "unknown key 'gruop'", id="unknown key of files"
        ),
        pytest.param('base: "docker.io/library/base:1"', "base: other:2", "other:2", id="unknown base"),
        pytest.param("recipe: app,", "recipe: app, preload: [gone:1],", "gone:1", id="unknown image to preload"),
        pytest.param("recipe: base", "recipe: base, context: app", "exactly one of", id="recipe and context"),
        pytest.param(", recipe: base}", "}", "exactly one of", id="neither recipe nor context"),
        pytest.param("programs: [plain]", "programs: [fancy]", "no program 'fancy'", id="unknown program"),
        pytest.param("  kind: {version", "  minikube: {version", "no program 'minikube'", id="tool without a program"),
        pytest.param(", minimum: 1.0.0", "", "minimum", id="a tool without its minimum"),
        pytest.param("package: ./plain", "", "package", id="a program without its package"),
        pytest.param('name: "docker.io/library/base:1", ', "", "name", id="an image without a name"),
        pytest.param("crds:", "crd:", "unknown section 'crd'", id="an unknown section"),
        pytest.param(
            "group: demo", "group: dema", "unknown module group 'dema'", id="unknown group of custom resources"
        ),
        pytest.param("folder: crds", "foldr: crds", "unknown key 'foldr'", id="unknown key of custom resources"),
        pytest.param("tools:", "tulls:", "tools", id="a missing section"),
        pytest.param("docker.io/library/app:1", "docker.io/library/base:1", "base:1", id="an image listed twice"),
        pytest.param('name: "docker.io/library/app:1"', 'name: "app:1"', "app:1", id="a short name"),
        pytest.param("images:", "images: [", "catalog", id="not YAML"),
    ],
)
def test_mistakes_are_reported_with_a_remedy(use_catalog: UseCatalog, old: str, new: str, expected: str) -> None:
    assert old in GOOD
    with pytest.raises(UserError) as caught:
        use_catalog(GOOD.replace(old, new))
    assert expected in caught.value.cause
    assert caught.value.remedy
    assert "\n" not in f"{caught.value.cause}{caught.value.remedy}", "the message has more than one line"


def test_catalog_mistakes_are_errors_of_the_command_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, load = tmp_path / "catalog.yaml", catalog.load
    file.write_text(GOOD.replace("minimum:", "minimun:"), encoding="utf-8")
    monkeypatch.setattr(catalog, "load", lambda: load(file))
    assert cli.main(["status"]) == 1
    assert "minimun" in capsys.readouterr().err


# Names as users write them, and as github.com/distribution/reference completes them.
NAMES = [
    ("nginx:1", "docker.io/library/nginx:1"),
    ("model-server", "docker.io/library/model-server"),
    ("kindest/node:v1", "docker.io/kindest/node:v1"),
    ("a/b/c:1", "docker.io/a/b/c:1"),
    ("docker.io/kindest/node:v1", "docker.io/kindest/node:v1"),
    ("registry.k8s.io/pause:3", "registry.k8s.io/pause:3"),
    ("ghcr.io/owner/image@sha256:00", "ghcr.io/owner/image@sha256:00"),
    ("localhost/image:1", "localhost/image:1"),
    ("localhost:5001/image:1", "localhost:5001/image:1"),
    ("127.0.0.1/image", "127.0.0.1/image"),
    ("registry:5000/image:1", "registry:5000/image:1"),
    ("[::1]:5000/image:1", "[::1]:5000/image:1"),
    ("localhosts/image:1", "docker.io/localhosts/image:1"),
    ("image:5000", "docker.io/library/image:5000"),
]


@pytest.mark.parametrize(("written", "full"), NAMES)
def test_names_are_completed_with_the_default_registry(written: str, full: str) -> None:
    assert full_name(written) == full
    assert full_name(full) == full, "a full name must not change"


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("docker.io/nginx:1", "docker.io/library/nginx:1"),
        ("index.docker.io/library/nginx:1", "docker.io/library/nginx:1"),
        ("index.docker.io/nginx:1", "docker.io/library/nginx:1"),
        ("Upper/image:1", "Upper/image:1"),
    ],
)
def test_unusual_names_are_completed_like_the_runtime_does(written: str, full: str) -> None:
    assert full_name(written) == full


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("model-server:1.2.3", "localhost:5001/library/model-server:1.2.3"),
        ("docker.io/library/model-server:1.2.3", "localhost:5001/library/model-server:1.2.3"),
        ("kindest/node:v1", "localhost:5001/kindest/node:v1"),
        ("registry.k8s.io/metrics-server/metrics-server:v1", "localhost:5001/metrics-server/metrics-server:v1"),
        ("localhost:5001/models/iris:1", "localhost:5001/models/iris:1"),
        ("localhost:5002/models/iris:1", "localhost:5001/models/iris:1"),
    ],
)
def test_registry_reference_is_what_the_nodes_request(name: str, place: str) -> None:
    assert registry.reference(name) == place
