"""From each chart that was released to this one: what an upgrade would break or remove is known, and for a reason.

The values are those that the released chart was tested with, migrated as UPGRADING.md says.
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
    assert not result.unknown, "these values are in no rename and would be refused"
    return parse(result.text)


@cache
def found(package: Package, file: Path) -> list[Finding]:
    before = Case(package.folder, parse(file.read_text(encoding="utf-8")))
    added = exceptions(package).values.get(file.name, {})
    return findings(render(before), render(Case(chart(package), merged(migrated(package, file), added))))


def test_there_are_releases_with_values_to_test_with() -> None:
    assert PACKAGES
    for package in PACKAGES:
        assert package.values_files, f"put the values files of {package} beside it, into a folder of its name"


@pytest.mark.parametrize(
    ("name", "chart", "version"),
    [("model-server-0.1.0", "model-server", "0.1.0"), ("a-1-2.0.0-rc.1", "a-1", "2.0.0-rc.1")],
)
def test_a_package_tells_its_chart_and_version_by_its_name(name: str, chart: str, version: str) -> None:
    package = Package(Path(f"{name}.tgz"))
    assert (package.chart, package.version) == (chart, version)


def test_a_file_that_is_no_package_is_refused() -> None:
    with pytest.raises(ValueError, match=r"call it NAME-VERSION\.tgz"):
        print(Package(Path("model-server.tgz")).version)


@EACH_FILE
def test_an_upgrade_breaks_and_removes_nothing_but_what_is_accepted(package: Package, file: Path) -> None:
    forbidden = "\n".join(map(str, exceptions(package).forbidden(found(package, file))))
    assert not forbidden, f"keep it as it was, or accept it in upgrade_exceptions.yaml:\n{forbidden}"


@EACH_FILE
def test_old_values_are_taken_unless_it_is_accepted_that_more_must_be_said(package: Package, file: Path) -> None:
    needed = file.name in exceptions(package).values
    refused = ""
    try:
        render(Case(chart(package), migrated(package, file)))
    except HelmError as error:
        refused = str(error)
    assert bool(refused) is needed, refused or f"take {file.name} out of upgrade_exceptions.yaml: nothing is missing"


@EACH_PACKAGE
def test_nothing_is_accepted_that_no_longer_happens(package: Package) -> None:
    everything = [finding for file in package.values_files for finding in found(package, file)]
    stale = [entry for entry in exceptions(package).findings if not any(map(entry.covers, everything))]
    assert not stale, f"take these out of upgrade_exceptions.yaml: {stale}"
    unknown = set(exceptions(package).values) - {file.name for file in package.values_files}
    assert not unknown, f"{package} has no values files of these names: {sorted(unknown)}"


@EACH_PACKAGE
def test_a_release_upgraded_to_itself_does_nothing(package: Package) -> None:
    for file in package.values_files:
        manifests = render(Case(package.folder, parse(file.read_text(encoding="utf-8"))))
        assert findings(manifests, manifests) == []
