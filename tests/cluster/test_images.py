"""Providing images: pulled if their registry answers, built otherwise. Engine and builder are scripts that record
their arguments; the registry is a server on the loopback address."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cluster import catalog, layout, registry
from cluster.catalog import Catalog
from cluster.console import Console
from cluster.engine import Engine
from cluster.images import Images, inputs
from cluster.images.build import LABEL
from cluster.images.provision import Policy
from devkit import paths
from devkit.errors import UserError
from tests.cluster.fakes import closed_port, http_server, write_program

DIGEST = "sha256:" + "a" * 64
DOCKER = """echo "$@" >>"$state/calls"
file() { echo "$state/images/$(echo "$1" | tr '/:@' '___')"; }
case "$1" in
image) [ "$2" = inspect ] && cat "$(file "$3")" || exit 1;;
pull)
  [ -e "$state/refuses" ] && { cat "$state/refuses" >&2; exit 1; }
  echo '[{"Config": {"Labels": null}, "RepoDigests": ["x@DIGEST"]}]' >"$(file "$3")";;
tag) cat "$(file "$2")" >"$(file "$3")";;
esac
""".replace("DIGEST", DIGEST)
BUILDX = """[ "$1" = version ] && echo github.com/docker/buildx v0.38.0 && exit
echo "buildx $*" >>"$state/calls"
[ -e "$state/breaks" ] && { cat "$state/breaks"; exit 1; }
while [ $# -gt 0 ]; do case "$1" in --tag) name=$2;; --label) key=${2#*=};; esac; shift; done
echo "[{\\"Config\\": {\\"Labels\\": {\\"LABEL\\": \\"$key\\"}}}]" >"$state/images/$(echo "$name" | tr '/:@' '___')"
""".replace("LABEL", LABEL)


class Workshop:
    """An engine, a builder, recipes and a catalog."""

    def __init__(self, folder: Path, programs: Path, use_catalog: Callable[[str], Catalog]) -> None:
        self.state, self.use_catalog = folder / "state", use_catalog
        (self.state / "images").mkdir(parents=True)
        (self.state / "calls").touch()
        for name in ("thing", "base"):
            (folder / "recipes" / name).mkdir(parents=True)
            (folder / "recipes" / name / "Dockerfile").write_text(f"# {name}\n", encoding="utf-8")
        docker = write_program(programs, "docker", f"state={self.state}\n{DOCKER}")
        write_program(programs, "buildx", f"state={self.state}\n{BUILDX}")
        self.engine = Engine(docker)

    def declare(self, address: str, more: str = "") -> str:
        """Declare a catalog with an image of a registry; returns its name."""
        name = f"{address}/library/thing:1"
        self.use_catalog(
            "groups: {}\ntools: {buildx: {version: [version], minimum: 0.1.0}}\n".replace(
                "groups: {}", "groups: {f: {programs: {buildx: {package: ./x}}}}"
            )
            + f'images:\n  - {{name: "{name}", recipe: thing{more}}}\n'
            + f'  - {{name: "{address}/library/base:1", recipe: base}}\n'
        )
        return name

    def ensure(self, name: str, policy: Policy = "auto") -> str:
        return Images(self.engine, Console(), policy).ensure(name)

    def done(self, *verbs: str) -> list[str]:
        """Return the commands of engine and builder since the last call, without queries."""
        calls = (self.state / "calls").read_text(encoding="utf-8").splitlines()
        (self.state / "calls").write_text("", encoding="utf-8")
        return [call for call in calls if call.startswith(verbs or ("pull", "tag", "buildx"))]


@pytest.fixture
def workshop(
    tmp_path: Path,
    programs: Path,
    monkeypatch: pytest.MonkeyPatch,
    use_catalog: Callable[[str], Catalog],
) -> Workshop:
    monkeypatch.setattr(layout, "RECIPES", tmp_path / "recipes")
    return Workshop(tmp_path, programs, use_catalog)


@pytest.fixture
def nowhere() -> str:
    """The address of a registry that does not answer."""
    return f"127.0.0.1:{closed_port()}"


def test_image_is_pulled_once_if_its_registry_answers(workshop: Workshop) -> None:
    with http_server(200) as address:
        name = workshop.declare(address)
        assert workshop.ensure(name) == name
    assert workshop.done() == [f"pull --quiet {name}"]
    workshop.ensure(name)
    assert workshop.done() == [], "an existing image was pulled again"


def test_pinned_image_is_pulled_by_digest_and_tagged(workshop: Workshop) -> None:
    with http_server(200) as address:
        name = workshop.declare(address, f', digest: "{DIGEST}"')
        workshop.ensure(name)
    pinned = f"{address}/library/thing@{DIGEST}"
    assert workshop.done() == [f"pull --quiet {pinned}", f"tag {pinned} {name}"]


def test_image_is_built_if_no_registry_answers(
    workshop: Workshop, nowhere: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name = workshop.declare(nowhere, f', base: "{nowhere}/library/base:1"')
    workshop.ensure(name)
    first, second = workshop.done()
    assert f"--tag {nowhere}/library/base:1" in first, "the base comes first"
    assert f"--build-arg BASE_IMAGE={nowhere}/library/base:1" in second
    assert f"--label {LABEL}={inputs.key(catalog.load().image(name))}" in second
    assert capsys.readouterr().err.count(f"no registry answers at {nowhere}") == 1
    workshop.ensure(name)
    assert workshop.done() == [], "the image was rebuilt without a change"


def test_changed_recipe_rebuilds_the_image(workshop: Workshop, nowhere: str, tmp_path: Path) -> None:
    name = workshop.declare(nowhere)
    workshop.ensure(name)
    workshop.done()
    (tmp_path / "recipes/thing/Dockerfile").write_text("# changed\n", encoding="utf-8")
    workshop.ensure(name)
    assert len(workshop.done("buildx")) == 1


def test_image_is_built_if_its_registry_refuses_it(workshop: Workshop) -> None:
    (workshop.state / "refuses").write_text("denied: too many requests\n", encoding="utf-8")
    with http_server(200) as address:
        workshop.ensure(workshop.declare(address))
    assert [call.split()[0] for call in workshop.done()] == ["pull", "buildx"]


def test_policy_build_never_pulls(workshop: Workshop) -> None:
    with http_server(200) as address:
        workshop.ensure(workshop.declare(address), "build")
    assert [call.split()[0] for call in workshop.done()] == ["buildx"]


def test_policy_pull_fails_if_no_registry_answers(workshop: Workshop, nowhere: str) -> None:
    with pytest.raises(UserError) as caught:
        workshop.ensure(workshop.declare(nowhere), "pull")
    assert caught.value.cause.startswith(f"cannot pull {nowhere}/library/thing:1,")
    assert "--images pull" in caught.value.remedy
    assert workshop.done() == []


def test_policy_pull_reports_why_the_registry_refused(workshop: Workshop) -> None:
    (workshop.state / "refuses").write_text("denied: too many requests\n", encoding="utf-8")
    with http_server(200) as address, pytest.raises(UserError, match="too many requests"):
        workshop.ensure(workshop.declare(address), "pull")


def test_full_disk_does_not_lead_to_a_build(workshop: Workshop) -> None:
    (workshop.state / "refuses").write_text("failed to register layer: no space left on device\n", encoding="utf-8")
    with http_server(200) as address, pytest.raises(UserError, match="disk is full"):
        workshop.ensure(workshop.declare(address))
    assert [call.split()[0] for call in workshop.done()] == ["pull"], "a build would need even more space"


def test_failed_build_reports_the_end_of_its_output_and_its_log(workshop: Workshop, nowhere: str, sealed: Path) -> None:
    (workshop.state / "breaks").write_text("E: Unable to locate package\n", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        workshop.ensure(workshop.declare(nowhere))
    assert "Unable to locate package" in caught.value.cause
    assert str(paths.logs()) in caught.value.remedy
    assert not list((sealed / "scratch").iterdir()), "the build context was left behind"


def test_images_of_this_repository_are_never_pulled(workshop: Workshop, tmp_path: Path) -> None:
    with http_server(200) as address:
        name = workshop.declare(address).replace("thing", "ours")
        (tmp_path / "app").mkdir()
        (tmp_path / "app" / "Dockerfile").touch()
        text = f'{{name: "{name}", context: "{tmp_path}/app"}}'
        workshop.use_catalog(
            "groups: {f: {programs: {buildx: {package: ./x}}}}\n"
            f"tools: {{buildx: {{version: [version], minimum: 0.1.0}}}}\nimages: [{text}]\n"
        )
        workshop.ensure(name, "pull")
    assert [call.split()[0] for call in workshop.done()] == ["buildx"]


def test_loading_an_unknown_image_is_an_error(workshop: Workshop, nowhere: str) -> None:
    workshop.declare(nowhere)
    with pytest.raises(UserError) as caught:
        registry.load(workshop.engine, Images(workshop.engine, Console()), "typo:1", Console(quiet=True))
    assert "typo:1" in caught.value.cause
    assert "catalog.yaml" in caught.value.remedy
    assert workshop.done("tag", "push") == []
