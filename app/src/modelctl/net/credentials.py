"""Read secrets from files: other users of the machine can see the arguments of a command."""

import re
from pathlib import Path

from modelctl.errors import ModelctlError

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")

# The client sets these itself.
_RESERVED = {
    *("accept-encoding", "connection", "content-length", "expect", "host", "if-range", "proxy-connection", "range"),
    *("te", "trailer", "transfer-encoding", "upgrade"),
}


def read_header_file(path: Path) -> dict[str, str]:
    """Read `Name: value` lines. Raises ModelctlError, whose text never contains a value."""
    try:
        text = path.read_text(encoding="latin-1")
    except OSError as error:
        raise ModelctlError(f"cannot read {path}: {error.strerror}.", "correct --header-file") from error
    headers: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        where = f"{path}, line {number}"
        if not colon or not _NAME.fullmatch(name):
            raise ModelctlError(f"{where} is not a header.", "write one 'Name: value' per line")
        if not value.strip().isprintable():
            raise ModelctlError(f"{where}: the value of {name} contains a control character.", "remove it")
        if name.lower() in _RESERVED:
            raise ModelctlError(f"{where}: {name} is set by modelctl.", "remove the line")
        if name.lower() in (known.lower() for known in headers):
            raise ModelctlError(f"{where}: {name} is a duplicate.", "remove one of the lines")
        headers[name] = value.strip()
    return headers


def read_token(path: Path) -> str:
    """Read a bearer token. Raises ModelctlError, whose text never contains the token.

    Read it for each request: the kubelet renews the tokens of pods.
    """
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not ASCII text"
        raise ModelctlError(f"cannot read {path}: {reason}.", "correct --token-file") from error
    if not token or not token.isprintable() or " " in token:
        raise ModelctlError(f"{path} must contain a token without spaces.", "correct --token-file")
    return token
