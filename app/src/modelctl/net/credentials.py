"""Read secrets from files."""

import re
from pathlib import Path

from modelctl.errors import ModelctlError

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")

# These belong to the way the download is made.
_RESERVED = {
    *("accept-encoding", "connection", "content-length", "expect", "host", "if-range", "proxy-connection", "range"),
    *("te", "trailer", "transfer-encoding", "upgrade"),
}


def read_header_file(path: Path) -> dict[str, str]:
    """Read `Name: value` lines. Raises ModelctlError, whose text never holds a value."""
    try:
        text = path.read_text(encoding="latin-1")
    except OSError as error:
        raise ModelctlError(f"{path} cannot be read: {error.strerror}.", "correct --header-file") from error
    headers: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        where = f"{path}, line {number}"
        if not colon or not _NAME.fullmatch(name):
            raise ModelctlError(f"{where} is not a header.", "write one 'Name: value' a line")
        if not value.strip().isprintable():
            raise ModelctlError(f"{where}: the value of {name} holds a control character.", "remove it")
        if name.lower() in _RESERVED:
            raise ModelctlError(f"{where}: {name} is set by the download itself.", "remove the line")
        if name.lower() in (known.lower() for known in headers):
            raise ModelctlError(f"{where}: {name} is there twice.", "remove one of the lines")
        headers[name] = value.strip()
    return headers


def read_token(path: Path) -> str:
    """The token of a file, read each time: tokens of pods are renewed. Raises ModelctlError."""
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not plain text"
        raise ModelctlError(f"{path} cannot be read: {reason}.", "correct --token-file") from error
    if not token or not token.isprintable() or " " in token:
        raise ModelctlError(f"{path} holds no token, which is one word.", "correct --token-file")
    return token
