"""Does a registry answer? Asked once a run, with a short patience."""

from __future__ import annotations

import urllib.error
import urllib.request
from functools import cache

SECONDS = 5.0
# The name in image references is not the host that serves them.
SERVED_BY = {"docker.io": "registry-1.docker.io"}


@cache
def answers(registry: str) -> bool:
    """Whether ``GET /v2/`` is answered as the OCI distribution specification says: 200, or 401 and a challenge.

    Anything else, such as a proxy that refuses with 403, counts as no registry.
    """
    host = SERVED_BY.get(registry, registry)
    scheme = "http" if host.startswith(("localhost:", "127.0.0.1:")) else "https"
    request = urllib.request.Request(f"{scheme}://{host}/v2/")  # noqa: S310 (the scheme is one of two)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310
            return bool(response.status == 200)
    except urllib.error.HTTPError as refusal:
        return refusal.code == 401 and "WWW-Authenticate" in refusal.headers
    except (OSError, ValueError):
        return False
