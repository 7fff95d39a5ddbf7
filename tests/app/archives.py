"""Makes archives, honest and hostile ones."""

import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.app.models import write_file

CONTENT = b"content of a model file" * 100


def digest(content: bytes) -> str:
    """The SHA-256 that `--sha256` wants."""
    return hashlib.sha256(content).hexdigest()


def repository_files(root: Path, versions: int = 1, content: bytes = CONTENT) -> dict[str, bytes]:
    """Write a repository with the model `m`; returns its files by their paths."""
    for number in range(1, versions + 1):
        write_file(root, "m", "model.pkl", content + bytes([number]), format="sklearn_joblib")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def with_aliases(files: Mapping[str, bytes], aliases: Mapping[str, int]) -> dict[str, bytes]:
    """Add aliases and a history to the files of the model `m`."""
    history = "".join(json.dumps({"alias": alias, "to": number}) + "\n" for alias, number in aliases.items())
    return {**files, "m/aliases.json": json.dumps(aliases).encode(), "m/history.jsonl": history.encode()}


def tar(files: Mapping[str, bytes], compression: str = "", prefix: str = "") -> bytes:
    """A tar archive of files, with the folders that `tar` would write."""
    folders = sorted({parent.as_posix() for name in files for parent in Path(name).parents})
    members = [member(prefix + folder, type=tarfile.DIRTYPE) for folder in folders if folder != "." or prefix]
    return tar_of([*members, *(member(prefix + name, content) for name, content in files.items())], compression)


def member(name: str, content: bytes = b"", **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    """One entry of a tar archive; `fields` are set as they are."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for key, value in fields.items():
        setattr(info, key, value)
    return info, content


def tar_of(members: Iterable[tuple[tarfile.TarInfo, bytes]], compression: str = "", format: int = 2) -> bytes:
    """A tar archive of entries, however strange. `format` is one of tarfile's; 2 is that of POSIX."""
    buffer = io.BytesIO()
    mode = f"w:{compression}"
    with tarfile.open(fileobj=buffer, mode=mode, format=format, errors="surrogateescape") as archive:  # type: ignore[call-overload]
        for info, content in members:
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zipped(files: Mapping[str, bytes] | Iterable[tuple[zipfile.ZipInfo | str, bytes]]) -> bytes:
    """A zip archive of files, or of entries, however strange."""
    entries = files.items() if isinstance(files, Mapping) else files
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def zip_entry(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    """One entry of a zip archive with a file type and permissions, as Unix tools write it."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info
