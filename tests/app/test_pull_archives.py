"""Unpacking of archives, including malicious ones."""

import contextlib
import gzip
import os
import stat
import tarfile
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modelctl.errors import ModelctlError, TemporaryError
from modelctl.pull.entries import member_path
from modelctl.pull.limits import Deadline, Limits
from modelctl.pull.unpack import unpack
from tests.app.archives import member, tar, tar_of, zip_entry, zipped

FILES = {"m/1/manifest.json": b"{}", "m/1/deep/er/x": b"abc" * 1000, "m/aliases.json": b"{}"}
FILE = ("m/1/manifest.json", b"{}")


def _unpack(tmp_path: Path, archive: bytes, limits: Limits | None = None, seconds: float = 60) -> Path:
    (tmp_path / "archive").write_bytes(archive)
    unpack(tmp_path / "archive", tmp_path / "content", limits or Limits(), Deadline(seconds))
    return tmp_path / "content"


def _refusal(tmp_path: Path, archive: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(ModelctlError) as caught:
        _unpack(tmp_path, archive, limits)
    assert " Remedy: " in str(caught.value)
    assert str(caught.value).isprintable()
    return str(caught.value)


@pytest.mark.parametrize(
    "archive",
    [
        tar(FILES),
        tar(FILES, "gz"),
        tar(FILES, "gz", prefix="./"),
        tar_of([member(*entry) for entry in FILES.items()], format=tarfile.GNU_FORMAT),
        tar_of([member(*entry) for entry in FILES.items()], format=tarfile.USTAR_FORMAT),
        zipped(FILES),
        zipped([("m/", b""), ("m/1/", b""), *FILES.items()]),
        zipped([(zip_entry(name), content) for name, content in FILES.items()]),
    ],
    ids=["tar", "tar.gz", "with-dots", "gnu", "ustar", "zip", "zip-with-folders", "zip-of-unix"],
)
def test_detects_tar_and_zip_by_content(tmp_path: Path, archive: bytes) -> None:
    content = _unpack(tmp_path, archive)
    found = {path.relative_to(content).as_posix(): path.read_bytes() for path in content.rglob("*") if path.is_file()}
    assert found == FILES


@pytest.mark.parametrize("name", ["m/" + "n" * 200, "m/" + "/".join(["d" * 60] * 5), "m/1/ü-文"])
@pytest.mark.parametrize("format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_accepts_long_and_non_ascii_names(tmp_path: Path, name: str, format: int) -> None:
    assert (_unpack(tmp_path, tar_of([member(name, b"x")], format=format)) / name).read_bytes() == b"x"


NAMES = {
    "../evil": "points outside the archive",
    "m/../../evil": "points outside the archive",
    "/etc/evil": "is an absolute path",
    "m/1\\evil": "contains a backslash",
    "m//1": "is not a normalized path",
    "m/./1": "is not a normalized path",
    "m/line\nbreak": "is not printable UTF-8",
    "m/\x1b[2Jescape": "is not printable UTF-8",
    "m/" + "n" * 256: "is too long or too deep",
    "/".join("d" * 40): "is too long or too deep",
}


@pytest.mark.parametrize("kind", ["tar", "zip"])
@pytest.mark.parametrize(("name", "problem"), NAMES.items())
def test_rejects_unsafe_names(tmp_path: Path, name: str, problem: str, kind: str) -> None:
    archive = tar_of([member(name, b"x")]) if kind == "tar" else zipped([(name, b"x")])
    assert problem in _refusal(tmp_path, archive)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "content"]


LINK: dict[str, Any] = {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}
SPARSE = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "m/x", "GNU.sparse.realsize": "9"}


@pytest.mark.parametrize(
    ("archive", "problem"),
    [
        (tar_of([member("m/x", **LINK)]), "is a symbolic link"),
        (tar_of([member("m", **LINK), member("m/x", b"x")]), "is a symbolic link"),
        (tar_of([member(*FILE), member("m/x", type=tarfile.LNKTYPE, linkname=FILE[0])]), "is a hard link"),
        (tar_of([member("m/x", type=tarfile.CHRTYPE, devmajor=1, devminor=5)]), "is a device"),
        (tar_of([member("m/x", type=tarfile.BLKTYPE)]), "is a device"),
        (tar_of([member("m/x", type=tarfile.FIFOTYPE)]), "is a named pipe"),
        (tar_of([member("m/x", type=b"7")]), "is neither a file nor a directory"),
        (tar_of([member("m/x", type=b"Z")]), "is neither a file nor a directory"),
        (tar_of([member("m/x", b"1\n0\n9\n".ljust(521, b"\0"), pax_headers=SPARSE)]), "is a sparse file"),
        (tar_of([member(*FILE), member(*FILE)]), "appears twice"),
        (tar_of([member("m/x", b"x"), member("./m/x", b"y")]), "appears twice"),
        (tar_of([member("m/x", b"x"), member("m/x/y", b"y")]), "is inside a regular file"),
        (tar_of([member("m/x/y", b"y"), member("m/x", b"x")]), "appears twice"),
        (tar_of([member("m/\udcff", b"x")], format=tarfile.GNU_FORMAT), "is not printable UTF-8"),
        (zipped([(zip_entry("m/x", stat.S_IFLNK | 0o777), b"/etc/passwd")]), "is a symbolic link"),
        (zipped([(zip_entry("m/x", stat.S_IFIFO), b"")]), "is a device, a pipe or a socket"),
        (zipped([(zip_entry("m/x", stat.S_IFDIR), b"")]), "is both a file and a directory"),
        (zipped([("m/ü", b"x")]).replace("ü".encode(), b"\xc3("), "is not printable UTF-8"),
        (zipped([("nameless", b"x")]).replace(b"nameless", b"\0ameless"), "is not printable UTF-8"),
        (b"\xfd7zXZ\0" + b"x" * 600, "is compressed with xz"),
        (b"BZh91AY", "is compressed with bzip2"),
        (b"<html>", "is neither tar, tar.gz nor zip"),
        (b"", "is neither tar, tar.gz nor zip"),
        (gzip.compress(b"no tar", mtime=0), "is damaged"),
        (gzip.compress(b"", mtime=0), "is damaged"),
        (tar(FILES)[:1300], "is damaged"),
        (tar(FILES, "gz")[:-60], "is damaged"),
        (tar_of([member(*FILE)])[:1024] + b"garbage" * 100, "is damaged"),
        (zipped(FILES)[:-30], "is damaged"),
        (zipped(FILES)[:47] + b"!!!!" + zipped(FILES)[51:], "is damaged"),
    ],
)
def test_rejects_unsafe_entries_and_damaged_archives(tmp_path: Path, archive: bytes, problem: str) -> None:
    assert problem in _refusal(tmp_path, archive)
    content = tmp_path / "content"
    assert not any(path.is_symlink() for path in content.rglob("*"))


def test_rejects_duplicate_names_in_a_zip(tmp_path: Path) -> None:
    with warnings.catch_warnings(action="ignore"):
        archive = zipped([FILE, FILE])
    assert "appears twice" in _refusal(tmp_path, archive)


def test_ignores_permissions_in_the_archive(tmp_path: Path) -> None:
    setuid = tar_of([member("m", type=tarfile.DIRTYPE, mode=0o7777), member("m/x", b"x", mode=0o6777, uid=0)])
    content = _unpack(tmp_path, setuid)
    assert {path.stat().st_mode & 0o7111 for path in content.rglob("*") if path.is_file()} == {0}
    assert (content / "m").stat().st_mode & 0o7000 == 0
    assert (content / "m/x").stat().st_uid == os.getuid()


ZEROS = {"m/1/zeros": bytes(3_000_000)}


@pytest.mark.parametrize("archive", [tar(ZEROS, "gz"), zipped(ZEROS)], ids=["tar.gz", "zip"])
def test_stops_a_bomb_at_the_limit(tmp_path: Path, archive: bytes) -> None:
    assert len(archive) < 10_000
    assert "unpacks to more than 2000000 bytes" in _refusal(tmp_path, archive, Limits(max_unpacked_bytes=2_000_000))


def test_stops_a_bomb_that_declares_a_small_size(tmp_path: Path) -> None:
    archive = zipped(ZEROS)
    size = (3_000_000).to_bytes(4, "little")
    lying = archive.replace(size, (10).to_bytes(4, "little"))
    assert lying != archive
    _refusal(tmp_path, lying, Limits(max_unpacked_bytes=2_000_000))
    assert sum(path.stat().st_size for path in (tmp_path / "content").rglob("*") if path.is_file()) <= 2_000_000


@pytest.mark.parametrize("kind", ["tar", "zip", "deep"])
def test_rejects_too_many_entries(tmp_path: Path, kind: str) -> None:
    files = {f"m/{number}": b"" for number in range(20)}
    archive = {"tar": tar(files), "zip": zipped(files), "deep": zipped({f"{i}/2/3/4/5/6": b"" for i in range(5)})}[kind]
    assert "has more than 10 entries. Remedy: raise --max-entries" in _refusal(
        tmp_path, archive, Limits(max_entries=10)
    )


def test_limits_the_memory_for_headers(tmp_path: Path) -> None:
    long_name = member("././@LongLink", bytes(50_000_000), type=tarfile.GNUTYPE_LONGNAME)
    archive = tar_of([long_name, member(*FILE)], "gz", format=tarfile.GNU_FORMAT)
    assert "a header declares an invalid length" in _refusal(tmp_path, archive)


def test_limits_the_central_directory_of_a_zip(tmp_path: Path) -> None:
    archive = zipped({f"m/{number:0200}": b"" for number in range(9)})
    end = archive.rindex(b"PK\x05\x06")
    listed = archive.index(b"PK\x01\x02")
    many = archive[listed:end] * 2500
    lying = archive[:listed] + many + archive[end:]
    lying = lying.replace((end - listed).to_bytes(4, "little"), len(many).to_bytes(4, "little"))
    assert "its central directory is too long" in _refusal(tmp_path, lying)


def test_a_negative_length_does_not_loop(tmp_path: Path) -> None:
    # CVE-2025-8194: an unpatched tarfile reads the same header forever.
    negative = member("m/x", b"", pax_headers={"size": "-1024"})
    assert "is damaged" in _refusal(tmp_path, tar_of([member(*FILE), negative, member("m/y", b"y")]))


def test_unpacking_ends_at_the_deadline(tmp_path: Path) -> None:
    with pytest.raises(TemporaryError, match="did not finish within 0 s"):
        _unpack(tmp_path, tar(FILES), seconds=0)


@given(st.text(max_size=40) | st.text(alphabet="./\\a\0\u202e", max_size=12), st.booleans())
@example("..", True)
@example("./..", True)
@example("a/..", False)
@example("/", True)
def test_no_name_points_outside_the_directory(name: str, is_folder: bool) -> None:
    try:
        path = member_path(name, is_folder)
    except ModelctlError:
        return
    if path is None:
        assert is_folder
        return
    assert os.path.normpath(path) == path
    assert Path("/root/folder", path).resolve().is_relative_to("/root/folder")
    assert Path("/root/folder", path).resolve() != Path("/root/folder")


_HONEST = [tar(FILES), tar(FILES, "gz"), zipped(FILES), tar_of([member("n" * 150, b"x" * 700)])]


@given(st.sampled_from(_HONEST), st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=4))
def test_fuzzed_archives_are_unpacked_or_rejected(
    tmp_path_factory: pytest.TempPathFactory, archive: bytes, changes: list[tuple[int, int]]
) -> None:
    changed = bytearray(archive)
    for place, value in changes:
        changed[place % len(changed)] = value
    folder = tmp_path_factory.mktemp("fuzzed")
    with contextlib.suppress(ModelctlError):
        _unpack(folder, bytes(changed))
    assert sorted(path.name for path in folder.iterdir()) == ["archive", "content"]
