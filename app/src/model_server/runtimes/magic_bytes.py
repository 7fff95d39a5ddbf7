"""How files of the known formats begin, to name a mistaken format instead of a library's stumble over it."""

from pathlib import Path

from model_server.errors import ModelLoadError

_KNOWN = {
    b"\x89HDF\r\n\x1a\n": "an HDF5 file, as Keras's .h5 is",
    b"PK\x03\x04": "a zip archive, as Keras's .keras is",
    b"\x80": "a pickle, as joblib writes it",
}


def wrong_format(path: Path, expected: str) -> ModelLoadError:
    """The refusal of a file that is not `expected`, saying what it looks like."""
    beginning = _beginning(path)
    looks_like = next((name for start, name in _KNOWN.items() if beginning.startswith(start)), None)
    found = f"it is {looks_like}" if looks_like else f"it begins with {beginning!r}"
    return ModelLoadError(
        f"{path} is not {expected}; {found}.",
        "check that the manifest names the right file and format, then write the version again",
    )


def is_of_another_format(path: Path, own: bytes) -> bool:
    """Whether the file begins as one of the other known formats does."""
    beginning = _beginning(path)
    return any(beginning.startswith(start) for start in _KNOWN if start != own)


def _beginning(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(8)
