"""How a shadow is recognised."""

import re
from typing import Protocol

HEADER = "X-Model-Shadow"
# The routes of charts/istio-routing write here which version is to answer, and a copy of the request carries it along.
ROUTED_HEADER = "X-Model-Routed-Version"
# On a comparison's own call. A version that is itself told to compare answers it, and asks nobody: two versions that
# compare with each other would otherwise never end.
COMPARED_BY_HEADER = "X-Model-Compared-By"

# Envoy puts it behind the name, before the port.
_SHADOW_HOST = re.compile(r".+-shadow(:[0-9]+)?", re.ASCII | re.IGNORECASE)


class Headers(Protocol):
    """Headers of a request, by names in any case."""

    def get(self, key: str, default: str) -> str:
        """The value, or the default."""


def is_shadow(headers: Headers, own_version: str) -> bool:
    """Whether nobody waits for the answer.

    Either another version is to answer (ROUTED_HEADER names it; a server without a name cannot tell), or the mesh has
    renamed the host, or the header HEADER says so.
    """
    routed = headers.get(ROUTED_HEADER, "")
    return (
        bool(routed and own_version and routed != own_version)
        or headers.get(HEADER, "").strip().lower() == "true"
        or _SHADOW_HOST.fullmatch(headers.get("Host", "")) is not None
    )
