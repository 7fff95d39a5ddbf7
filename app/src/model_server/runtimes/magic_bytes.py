"""Recognizes model files by their first bytes, to name a wrong format instead of repeating a library's parse error."""

from pathlib import Path

from model_server.errors import ModelLoadError
from model_server.runtimes.registry import installed_formats

_LONGEST = 8


def wrong_format(path: Path, expected: str) -> ModelLoadError:
    """Return the error for a file that is not `expected`, naming the format that its first bytes indicate."""
    start = _first_bytes(path)
    known = next((one for one in installed_formats().values() if one.magic and start.startswith(one.magic)), None)
    found = f"it begins with {start!r}" if known is None else f"it is {known.description}"
    return ModelLoadError(
        f"{path} is not {expected}; {found}.",
        "check that the manifest names the right file and format, then write the version again",
    )


def is_of_another_format(path: Path, own: bytes) -> bool:
    """Return whether the file begins like another installed format, and not with `own`."""
    start = _first_bytes(path)
    if start.startswith(own):
        return False
    return any(known.magic and start.startswith(known.magic) for known in installed_formats().values())


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_LONGEST)
