"""Detects mirrored requests."""

import re
from typing import Protocol

HEADER = "X-Model-Shadow"
# The routes of charts/istio-routing set it to the version that answers the caller. Mirrored requests keep it.
ROUTED_HEADER = "X-Model-Routed-Version"
# Set on a comparison's own request. The receiver answers it without comparing, since two versions that compare with
# each other would call each other in an endless loop.
COMPARED_BY_HEADER = "X-Model-Compared-By"

# Envoy appends `-shadow` to the host name, before the port.
_SHADOW_HOST = re.compile(r".+-shadow(:[0-9]+)?", re.ASCII | re.IGNORECASE)


class Headers(Protocol):
    """Request headers with case-insensitive names."""

    def get(self, key: str, default: str) -> str:
        """Return the value, or the default."""


def is_shadow(headers: Headers, own_version: str) -> bool:
    """Return whether the request is mirrored, so that no caller waits for the answer.

    It is if ROUTED_HEADER names another version (a server without a version name cannot decide this), if the mesh has
    renamed the host, or if HEADER is `true`.
    """
    routed = headers.get(ROUTED_HEADER, "")
    return (
        bool(routed and own_version and routed != own_version)
        or headers.get(HEADER, "").strip().lower() == "true"
        or _SHADOW_HOST.fullmatch(headers.get("Host", "")) is not None
    )
