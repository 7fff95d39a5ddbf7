"""Probing registries: one request for each in a run, with a short timeout."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from functools import cache
from threading import Thread

SECONDS = 5.0
# The registry in an image name is not always the host that serves it.
SERVED_BY = {"docker.io": "registry-1.docker.io"}


@cache
def answers(registry: str) -> bool:
    """Return whether ``GET /v2/`` has the answer of an OCI registry: 200, or 401 with a challenge.

    Everything else counts as unreachable: a proxy that answers 403, a redirect to a login page, an answer that takes
    longer than five seconds.
    """
    host = SERVED_BY.get(registry, registry)
    scheme = "http" if host.startswith(("localhost:", "127.0.0.1:")) else "https"
    answered: list[bool] = []
    # In a thread, since the timeout of a socket restarts with every byte.
    asking = Thread(target=lambda: answered.append(_asked(f"{scheme}://{host}/v2/")), daemon=True)
    asking.start()
    asking.join(SECONDS)
    return answered == [True]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Return the redirect itself instead of following it."""


def _asked(url: str) -> bool:
    try:
        with urllib.request.build_opener(_NoRedirect).open(url, timeout=SECONDS) as response:
            return bool(response.status == 200)
    except urllib.error.HTTPError as refusal:
        return refusal.code == 401 and "WWW-Authenticate" in refusal.headers
    except (OSError, ValueError, http.client.HTTPException):
        return False
