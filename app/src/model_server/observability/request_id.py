"""The id that links a response to its log line."""

import re
import uuid

HEADER = "X-Request-ID"

# Other values could forge log fields, or make them arbitrarily long.
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,128}")


def request_id(sent: str | None) -> str:
    """Return the client's id if it is a plain token of at most 128 characters, else a new one."""
    return sent if sent is not None and _ACCEPTABLE.fullmatch(sent) else uuid.uuid4().hex
