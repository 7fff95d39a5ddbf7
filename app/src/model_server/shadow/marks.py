"""How a shadow is recognised."""

import re

HEADER = "X-Model-Shadow"
# On a comparison's own call. A version that is itself told to compare answers it, and asks nobody: two versions that
# compare with each other would otherwise never end.
COMPARED_BY_HEADER = "X-Model-Compared-By"

# Envoy puts it behind the name, before the port.
_SHADOW_HOST = re.compile(r".+-shadow(:[0-9]+)?", re.ASCII | re.IGNORECASE)


def is_shadow(host: str, mark: str) -> bool:
    """Whether nobody waits for the answer: the mesh has renamed the host, or the header HEADER says so."""
    return mark.strip().lower() == "true" or _SHADOW_HOST.fullmatch(host) is not None
