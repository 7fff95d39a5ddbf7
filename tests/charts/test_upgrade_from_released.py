"""Upgrades from each released chart break and remove nothing other than what is accepted with a reason.

The values are those that the released chart was tested with, migrated as UPGRADING.md describes.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from charttool.chart import Chart
from charttool.migrate import migrate
from devkit import paths
from tests.harness import Case, HelmError, merged, render
from tests.harness.manifests import parse
from tests.harness.upgrade import Finding, findings
from tests.harness.upgrade.exceptions import Exceptions, read
from tests.harness.upgrade.released import Package, packages

PACKAGES = packages()
FILES = [
    pytest.param(package, file, id=f"{package} {file.stem}") for package in PACKAGES for file in package.values_files
]
EACH_PACKAGE = pytest.mark.parametrize("package", PACKAGES, ids=str)
EACH_FILE = pytest.mark.parametrize(("package", "file"), FILES)


def chart(package: Package) -> Path:
    return paths.REPOSITORY / "charts" / package.chart


@cache
def exceptions(package: Package) -> Exceptions:
    folder = Path(__file__).parent / package.chart.replace("-", "_")
    return read(folder / "upgrade_exceptions.yaml", package.version)


@cache
def migrated(package: Package, file: Path) -> Any:
    values, renames = Chart(chart(package)).read()
    result = migrate(file.read_text(encoding="utf-8"), file, values, renames)
    assert not result.unknown, "no rename covers these values, so the chart would refuse them"
    return parse(result.text)


@cache
def found(package: Package, file: Path) -> list[Finding]:
    before = Case(package.folder, parse(file.read_text(encoding="utf-8")))
    added = exceptions(package).values.get(file.name, {})
    return findings(render(before), render(Case(chart(package), merged(migrated(package, file), added))))


def test_every_release_has_values_files() -> None:
    assert PACKAGES
    for package in PACKAGES:
        assert package.values_files, f"put the values files of {package} next to it, in a folder of the same name"


@pytest.mark.parametrize(
    ("name", "chart", "version"),
    [("model-server-0.1.0", "model-server", "0.1.0"), ("a-1-2.0.0-rc.1", "a-1", "2.0.0-rc.1")],
)
def test_a_package_name_has_chart_and_version(name: str, chart: str, version: str) -> None:
    package = Package(Path(f"{name}.tgz"))
    assert (package.chart, package.version) == (chart, version)


def test_a_file_without_a_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"call it NAME-VERSION\.tgz"):
        print(Package(Path("model-server.tgz")).version)


@EACH_FILE
def test_an_upgrade_has_only_accepted_effects(package: Package, file: Path) -> None:
    forbidden = "\n".join(map(str, exceptions(package).forbidden(found(package, file))))
    assert not forbidden, f"restore it, or accept it in upgrade_exceptions.yaml:\n{forbidden}"


@EACH_FILE
def test_old_values_are_refused_only_if_accepted(package: Package, file: Path) -> None:
    needed = file.name in exceptions(package).values
    refused = ""
    try:
        render(Case(chart(package), migrated(package, file)))
    except HelmError as error:
        refused = str(error)
    assert bool(refused) is needed, refused or f"remove {file.name} from upgrade_exceptions.yaml: no value is missing"


@EACH_PACKAGE
def test_accepted_effects_still_happen(package: Package) -> None:
    everything = [finding for file in package.values_files for finding in found(package, file)]
    stale = [entry for entry in exceptions(package).findings if not any(map(entry.covers, everything))]
    assert not stale, f"remove these from upgrade_exceptions.yaml: {stale}"
    unknown = set(exceptions(package).values) - {file.name for file in package.values_files}
    assert not unknown, f"{package} has no values files of these names: {sorted(unknown)}"


@EACH_PACKAGE
def test_an_upgrade_to_the_same_release_has_no_effects(package: Package) -> None:
    for file in package.values_files:
        manifests = render(Case(package.folder, parse(file.read_text(encoding="utf-8"))))
        assert findings(manifests, manifests) == []
