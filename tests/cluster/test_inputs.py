"""Digests of inputs change when an input does, and only then."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster import catalog, digest, layout
from cluster.images import inputs
from tests.cluster.fakes import GoGroup

IMAGES = """images:
  - {name: "docker.io/library/base:1", recipe: base}
  - {name: "docker.io/library/app:1", recipe: app, base: "docker.io/library/base:1", programs: [kind]}
  - {name: "docker.io/library/node:1", recipe: node, preload: ["docker.io/library/app:1"]}
  - {name: "docker.io/library/other:1", recipe: other}
"""
ALL = {"base:1", "app:1", "node:1", "other:1"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "recipe"
    (made / "etc").mkdir(parents=True)
    (made / "Dockerfile").write_text("FROM scratch\n", encoding="utf-8")
    (made / "etc" / "config").write_text("a: 1\n", encoding="utf-8")
    return made


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda f: (f / "Dockerfile").write_text("FROM scratch\nCMD x\n"), id="content"),
        pytest.param(lambda f: (f / "etc/config").rename(f / "etc/settings"), id="name"),
        pytest.param(lambda f: (f / "etc/config").rename(f / "config"), id="folder"),
        pytest.param(lambda f: (f / "Dockerfile").chmod(0o755), id="mode"),
        pytest.param(lambda f: (f / "new").touch(), id="an empty file"),
        pytest.param(lambda f: (f / "etc/config").unlink(), id="a file less"),
    ],
)
def test_folder_digest_depends_on_names_modes_and_contents(folder: Path, change: Callable[[Path], object]) -> None:
    before = digest.of_folder(folder)
    change(folder)
    assert digest.of_folder(folder) != before, "a change of the recipe would be ignored"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda f: os.utime(f / "Dockerfile", (0, 0)), id="times"),
        pytest.param(lambda f: (f / "Dockerfile").chmod(0o600), id="permissions"),
        pytest.param(lambda f: (f / "empty").mkdir(), id="an empty folder"),
        *(
            pytest.param(lambda f, name=name: _cached(f, name), id=name)
            for name in ("__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache")
        ),
    ],
)
def test_folder_digest_ignores_what_builds_do_not_see(folder: Path, change: Callable[[Path], object]) -> None:
    before = digest.of_folder(folder)
    change(folder)
    assert digest.of_folder(folder) == before, "an image would be rebuilt without a change"


def _cached(folder: Path, name: str) -> None:
    (folder / "etc" / name).mkdir()
    (folder / "etc" / name / "file").write_text("cached", encoding="utf-8")


def test_folder_digest_does_not_depend_on_the_path(folder: Path, tmp_path: Path) -> None:
    before = digest.of_folder(folder)
    assert digest.of_folder(folder.rename(tmp_path / "elsewhere")) == before


def test_digest_depends_on_the_boundaries_of_texts() -> None:
    assert digest.of("ab", "c") != digest.of("a", "bc")
    assert digest.of("a", "") != digest.of("a")
    assert digest.of("a") == digest.of(b"a")


@pytest.fixture
def recipes(group: GoGroup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Recipes of the images above, and a catalog with them."""
    root = tmp_path / "recipes"
    for name in ("base", "app", "node", "other"):
        (root / name).mkdir(parents=True)
        (root / name / "Dockerfile").write_text(f"# {name}\n", encoding="utf-8")
    monkeypatch.setattr(layout, "RECIPES", root)
    group.declare("-X main.version=v1", extra=IMAGES)
    return root


def keys() -> dict[str, str]:
    return {name: inputs.key(catalog.load().image(name)) for name in ALL}


def append(file: Path) -> None:
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "rebuilt"),
    [
        pytest.param(lambda _, r: append(r / "app/Dockerfile"), {"app:1", "node:1"}, id="its recipe"),
        pytest.param(lambda _, r: append(r / "base/Dockerfile"), {"base:1", "app:1", "node:1"}, id="its base"),
        pytest.param(lambda _, r: append(r / "other/Dockerfile"), {"other:1"}, id="another image's recipe"),
        pytest.param(lambda f, _: append(f.folder / "go.sum"), {"app:1", "node:1"}, id="go.sum"),
        pytest.param(lambda f, _: append(f.folder / "go.mod"), {"app:1", "node:1"}, id="go.mod"),
        pytest.param(lambda f, _: f.declare("-X main.version=v2", extra=IMAGES), {"app:1", "node:1"}, id="ldflags"),
        pytest.param(lambda f, _: f.declare("-X main.version=v1", "9.9.9", IMAGES), set(), id="a tool's minimum"),
    ],
)
def test_image_keys_change_only_with_their_inputs(
    group: GoGroup, recipes: Path, change: Callable[[GoGroup, Path], object], rebuilt: set[str]
) -> None:
    before = keys()
    change(group, recipes)
    after = keys()
    assert {name for name in ALL if before[name] != after[name]} == rebuilt


def test_missing_recipe_is_an_error(group: GoGroup, recipes: Path) -> None:
    image = group.declare(extra='images: [{name: "docker.io/library/app:1", recipe: gone}]').image("app:1")
    assert recipes.exists()
    with pytest.raises(Exception, match="gone"):
        inputs.key(image)
