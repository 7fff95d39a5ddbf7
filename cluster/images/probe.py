"""Does a registry answer? Asked once a run, with a short patience."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from functools import cache
from threading import Thread

SECONDS = 5.0
# The name in image references is not the host that serves them.
SERVED_BY = {"docker.io": "registry-1.docker.io"}


@cache
def answers(registry: str) -> bool:
    """Whether ``GET /v2/`` is answered as the OCI distribution specification says: 200, or 401 and a challenge.

    Anything else counts as no registry: a proxy that refuses with 403, a redirect to a login page, an answer that
    is not there after five seconds.
    """
    host = SERVED_BY.get(registry, registry)
    scheme = "http" if host.startswith(("localhost:", "127.0.0.1:")) else "https"
    answered: list[bool] = []
    # In a thread, since a socket's own timeout starts anew with every byte.
    asking = Thread(target=lambda: answered.append(_asked(f"{scheme}://{host}/v2/")), daemon=True)
    asking.start()
    asking.join(SECONDS)
    return answered == [True]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nowhere: the redirect itself is then the answer."""


def _asked(url: str) -> bool:
    try:
        with urllib.request.build_opener(_NoRedirect).open(url, timeout=SECONDS) as response:
            return bool(response.status == 200)
    except urllib.error.HTTPError as refusal:
        return refusal.code == 401 and "WWW-Authenticate" in refusal.headers
    except (OSError, ValueError, http.client.HTTPException):
        return False
