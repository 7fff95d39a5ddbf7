"""Having an image: pulled where a registry answers, built where none does. Engine and builder are scripts that
keep what they are told; the registry is a real server on the loopback address."""

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
        """Name an image of a registry in the catalog; returns its name."""
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
        """What engine and builder were asked to do since the last time, without questions."""
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


def test_where_its_registry_answers_an_image_is_pulled_once(workshop: Workshop) -> None:
    with http_server(200) as address:
        name = workshop.declare(address)
        assert workshop.ensure(name) == name
    assert workshop.done() == [f"pull --quiet {name}"]
    workshop.ensure(name)
    assert workshop.done() == [], "an image that is there was pulled again"


def test_a_pinned_image_is_pulled_by_its_digest_and_named_afterwards(workshop: Workshop) -> None:
    with http_server(200) as address:
        name = workshop.declare(address, f', digest: "{DIGEST}"')
        workshop.ensure(name)
    pinned = f"{address}/library/thing@{DIGEST}"
    assert workshop.done() == [f"pull --quiet {pinned}", f"tag {pinned} {name}"]


def test_where_no_registry_answers_an_image_is_built_from_its_recipe_and_the_reason_is_said_once(
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
    assert workshop.done() == [], "nothing has changed, so nothing has to be built"


def test_a_changed_recipe_builds_again(workshop: Workshop, nowhere: str, tmp_path: Path) -> None:
    name = workshop.declare(nowhere)
    workshop.ensure(name)
    workshop.done()
    (tmp_path / "recipes/thing/Dockerfile").write_text("# changed\n", encoding="utf-8")
    workshop.ensure(name)
    assert len(workshop.done("buildx")) == 1


def test_a_registry_that_refuses_the_image_leads_to_a_build(workshop: Workshop) -> None:
    (workshop.state / "refuses").write_text("denied: too many requests\n", encoding="utf-8")
    with http_server(200) as address:
        workshop.ensure(workshop.declare(address))
    assert [call.split()[0] for call in workshop.done()] == ["pull", "buildx"]


def test_who_wants_to_build_never_pulls(workshop: Workshop) -> None:
    with http_server(200) as address:
        workshop.ensure(workshop.declare(address), "build")
    assert [call.split()[0] for call in workshop.done()] == ["buildx"]


def test_who_wants_to_pull_is_told_that_it_is_not_possible(workshop: Workshop, nowhere: str) -> None:
    with pytest.raises(UserError) as caught:
        workshop.ensure(workshop.declare(nowhere), "pull")
    assert caught.value.cause.startswith(f"cannot pull {nowhere}/library/thing:1,")
    assert "--images pull" in caught.value.remedy
    assert workshop.done() == []


def test_who_wants_to_pull_is_told_why_the_registry_refused(workshop: Workshop) -> None:
    (workshop.state / "refuses").write_text("denied: too many requests\n", encoding="utf-8")
    with http_server(200) as address, pytest.raises(UserError, match="too many requests"):
        workshop.ensure(workshop.declare(address), "pull")


def test_a_full_disk_is_not_taken_for_a_refusal(workshop: Workshop) -> None:
    (workshop.state / "refuses").write_text("failed to register layer: no space left on device\n", encoding="utf-8")
    with http_server(200) as address, pytest.raises(UserError, match="disk is full"):
        workshop.ensure(workshop.declare(address))
    assert [call.split()[0] for call in workshop.done()] == ["pull"], "a full disk is made fuller by a build"


def test_a_build_that_fails_names_its_last_words_and_its_log(workshop: Workshop, nowhere: str, sealed: Path) -> None:
    (workshop.state / "breaks").write_text("E: Unable to locate package\n", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        workshop.ensure(workshop.declare(nowhere))
    assert "Unable to locate package" in caught.value.cause
    assert str(paths.logs()) in caught.value.remedy
    assert not list((sealed / "scratch").iterdir()), "the build context was left behind"


def test_an_image_of_this_repository_is_never_pulled(workshop: Workshop, tmp_path: Path) -> None:
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


def test_loading_an_image_that_nobody_has_says_so(workshop: Workshop, nowhere: str) -> None:
    workshop.declare(nowhere)
    with pytest.raises(UserError) as caught:
        registry.load(workshop.engine, Images(workshop.engine, Console()), "typo:1", Console(quiet=True))
    assert "typo:1" in caught.value.cause
    assert "catalog.yaml" in caught.value.remedy
    assert workshop.done("tag", "push") == []
