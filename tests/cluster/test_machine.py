"""Requirements, packages and quirks of the machine. Files replace /proc and /sys, scripts replace apt-get."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cluster.host import packages, preflight, quirks
from devkit.errors import UserError
from tests.cluster.fakes import files_below, write_program

ALL_CAPABILITIES = 0x1FF_FFFF_FFFF
NEED = packages.Need("to test", ("package-of-the-program",), ("no-such-program",))


@pytest.mark.parametrize(
    ("bounding_set", "lacks"),
    [(ALL_CAPABILITIES, False), (ALL_CAPABILITIES & ~(1 << 24), True), (0, True), (1 << 24, False)],
)
def test_cap_sys_resource_is_read_from_the_bounding_set(tmp_path: Path, bounding_set: int, lacks: bool) -> None:
    status = tmp_path / "status"
    status.write_text(f"Name:\tpython\nCapEff:\t0000000000000000\nCapBnd:\t{bounding_set:016x}\n", encoding="ascii")
    assert quirks.lacks_sys_resource(status) is lacks


def test_cgroup_v1_is_distinguished_from_v2(tmp_path: Path) -> None:
    (tmp_path / "memory").mkdir()
    assert quirks.has_cgroup_v1(tmp_path)
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids\n", encoding="ascii")
    assert not quirks.has_cgroup_v1(tmp_path)


def test_machine_without_proc_has_all_capabilities(tmp_path: Path) -> None:
    assert quirks.lacks_sys_resource(tmp_path / "no-such-file") is False


def test_machine_without_cgroups_does_not_count_as_cgroup_v1(tmp_path: Path) -> None:
    assert quirks.has_cgroup_v1(tmp_path / "no-such-folder") is False


def test_engine_path_contains_the_folders_of_iptables() -> None:
    assert quirks.engine_search_path("/usr/bin:/bin").split(":") == ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]
    assert quirks.engine_search_path("/usr/sbin:/sbin") == "/usr/sbin:/sbin", "a folder was added twice"


def test_ca_bundle_is_none_if_the_machine_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quirks, "CA_BUNDLE", tmp_path / "ca.crt")
    assert quirks.ca_bundle() is None
    (tmp_path / "ca.crt").write_text("certificate", encoding="ascii")
    assert quirks.ca_bundle() == tmp_path / "ca.crt"


def test_disk_check_accepts_a_folder_that_does_not_exist_yet(tmp_path: Path) -> None:
    preflight.check_disk(tmp_path / "not" / "there" / "yet", 0)
    assert files_below(tmp_path) == set(), "a check must not create the folder"


def test_disk_check_rejects_too_little_space(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        preflight.check_disk(tmp_path / "cache", 10**9)
    assert str(tmp_path / "cache") in caught.value.cause
    assert f"{10**9} GiB are needed" in caught.value.cause
    assert "MODEL_SERVING_CACHE" in caught.value.remedy


def test_memory_check_rejects_too_little_memory(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:        4194304 kB\nMemFree:  100 kB\n", encoding="ascii")
    preflight.check_memory(4, meminfo)
    with pytest.raises(UserError, match=r"4\.0 GiB of memory; 6 GiB are needed"):
        preflight.check_memory(6, meminfo)
    preflight.check_memory(6, tmp_path / "not-on-this-system")


@pytest.mark.parametrize(
    ("filesystems", "modprobe", "expected"),
    [
        pytest.param("nodev\toverlay\n\text4\n", "exit 1", True, id="built in or loaded"),
        pytest.param("\text4\n", "exit 0", True, id="loaded on demand"),
        pytest.param("\text4\nnodev\toverlayish\n", "exit 1", False, id="missing"),
    ],
)
def test_overlay_is_detected_in_the_kernel_and_its_modules(
    programs: Path, tmp_path: Path, filesystems: str, modprobe: str, expected: bool
) -> None:
    write_program(programs, "modprobe", modprobe)
    (tmp_path / "filesystems").write_text(filesystems, encoding="ascii")
    assert preflight._kernel_has("overlay", tmp_path / "filesystems") is expected


def test_installed_packages_are_not_installed_again(programs: Path, tmp_path: Path) -> None:
    write_program(programs, "apt-get", f"touch {tmp_path}/called")
    write_program(programs, "some-program", "")
    packages.ensure(packages.Need("to test", ("package",), ("some-program", str(programs))))
    assert not (tmp_path / "called").exists()


@pytest.mark.usefixtures("programs")
def test_without_apt_the_error_names_the_packages() -> None:
    with pytest.raises(UserError) as caught:
        packages.ensure(NEED)
    assert "no-such-program is missing (to test)" in caught.value.cause
    assert "package-of-the-program" in caught.value.remedy


def test_without_root_the_error_has_the_command(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_program(programs, "apt-get", f"touch {tmp_path}/called")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(UserError) as caught:
        packages.ensure(NEED)
    assert "only root" in caught.value.cause
    assert "sudo apt-get install package-of-the-program" in caught.value.remedy
    assert not (tmp_path / "called").exists()


def test_outdated_package_lists_are_updated_once(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    write_program(
        programs,
        "apt-get",
        f"""echo "$1" >>{tmp_path}/calls
case "$*" in
update*) touch {tmp_path}/updated;;
*--simulate*) exit 0;;
*) [ -e {tmp_path}/updated ] || {{ echo "404 Not Found"; exit 100; }};;
esac""",
    )
    packages.ensure(NEED)
    assert (tmp_path / "calls").read_text(encoding="utf-8").split() == ["install", "install", "update", "install"]


def test_failed_installation_reports_the_output_of_apt(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    write_program(programs, "apt-get", "echo 'E: Temporary failure resolving the mirror'; exit 100")
    with pytest.raises(UserError) as caught:
        packages.ensure(NEED)
    assert "Temporary failure resolving the mirror" in caught.value.cause
    assert "apt-" in caught.value.remedy, "the remedy must name the log"
