"""Questions to programs of this machine, which no proxy of the environment has to do with."""

from __future__ import annotations

from collections.abc import Mapping

import requests

SECONDS = 10


def get(url: str, query: Mapping[str, str] | None = None) -> requests.Response:
    """The answer to a GET, whatever its status; raises OSError where nobody answers."""
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, params=query, timeout=SECONDS)
