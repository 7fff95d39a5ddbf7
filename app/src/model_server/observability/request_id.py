"""The id that ties an answer to its log line."""

import re
import uuid

HEADER = "X-Request-ID"

# Anything else could forge log fields or grow them without bound.
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,128}")


def request_id(sent: str | None) -> str:
    """The client's id if it is a plain token of at most 128 characters, else a new one."""
    return sent if sent is not None and _ACCEPTABLE.fullmatch(sent) else uuid.uuid4().hex
