"""What the status of a server's answer means."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from modelctl.errors import ModelctlError
from modelctl.pulling.sources.protocol import Unavailable

# Asked again at the same place, these may be answered otherwise.
_TEMPORARY = {408, 425, 429}
# Errors of the server that no waiting mends.
_LASTING = {501, 505}


def refusal(shown: str, status: int, pause: float | None = None, detail: str = "", keys: str = "") -> Exception:
    """Build the error for an answer without content: Unavailable if trying again may help, else ModelctlError.

    `detail` is the server's own code for it, `keys` says where credentials come from.
    """
    said = f"{status}, {detail}" if detail else str(status)
    if status in _TEMPORARY or (status >= 500 and status not in _LASTING):
        return Unavailable(f"the server answers {said}", pause)
    if status in (401, 403, 407):
        return ModelctlError(
            f"{shown} may not be read ({said}).",
            keys or "give credentials with --header-file; if the URL is a signed one, it may be too old",
        )
    if status in (404, 410):
        return ModelctlError(f"{shown} is not there ({said}).", "correct the URL, or publish the archive there")
    return ModelctlError(f"{shown} answers {said} instead of the archive.", "correct the URL, or the server")


def retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header asks for; None for no header, or one that makes no sense."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
