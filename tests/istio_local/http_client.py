"""Requests through the gateway, each on a connection of its own, as from many clients."""

from __future__ import annotations

import http
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from devkit import http_client
from devkit.http_client import Response
from tests.istio_local.ports import ADDRESS

TIMEOUT_SECONDS = http_client.TIMEOUT_SECONDS
# A random count is this many standard deviations off once in 1.7 million times.
SIGMAS = 5


class ModelResponse(Response):
    """A response of a fake version of a model, or of the gateway itself."""

    @property
    def version(self) -> str:
        """The version that answered, or the status if none did."""
        return str(self.json["version"]) if self.status == http.HTTPStatus.OK else f"status {self.status}"


def send(
    port: int,
    host: str,
    path: str = "/predict",
    *,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = b"{}",
    ca_file: Path | None = None,
) -> ModelResponse:
    """Send a request to the gateway, with TLS if ``ca_file`` is given. Raises OSError without a complete response."""
    url = f"{'https' if ca_file else 'http'}://{host}{path}"
    response = http_client.request(method, url, headers=headers, body=body, address=(ADDRESS, port), ca_file=ca_file)
    return ModelResponse(response.status, response.headers, response.body)


def versions(responses: Iterable[ModelResponse]) -> Counter[str]:
    """Count the responses of each version."""
    return Counter(response.version for response in responses)


def assert_share(count: int, total: int, share: float, what: str) -> None:
    """Assert that ``count`` of ``total`` random choices agrees with a probability (0 to 1) up to chance."""
    expected = total * share
    tolerance = SIGMAS * math.sqrt(total * share * (1 - share))
    assert abs(count - expected) <= tolerance, f"{what}: {count} of {total}, expected {expected:.0f} ± {tolerance:.0f}"
