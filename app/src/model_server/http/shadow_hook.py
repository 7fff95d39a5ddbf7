"""Hands answered shadow requests to the comparer, if the settings enable comparison."""

from collections.abc import Callable

from flask import g, request

from model_server.observability.metrics import Metrics
from model_server.protocols.base import Protocol
from model_server.repository.manifest import Manifest
from model_server.settings import Settings
from model_server.shadow.detection import COMPARED_BY_HEADER

# Takes the protocol, the manifest of the model that answered, the request body and the response body.
ShadowSink = Callable[[Protocol, Manifest, bytes, bytes], None]


def create_shadow_sink(settings: Settings, metrics: Metrics) -> ShadowSink:
    """Return a function to call with every prediction before it is sent. It never blocks."""
    if not settings.shadow_compare_url:
        return lambda _protocol, _manifest, _body, _answer: None
    # Imported here: without comparison the server needs no HTTP client.
    from model_server.shadow.comparer import Comparer, Shadow
    from model_server.shadow.stable_client import StableClient

    stable = StableClient(settings.shadow_compare_url, settings.shadow_timeout_seconds)
    comparer = Comparer(stable, settings.shadow_ratio, settings.shadow_tolerance, metrics)

    def submit(protocol: Protocol, manifest: Manifest, body: bytes, answer: bytes) -> None:
        if not g.shadow or COMPARED_BY_HEADER in request.headers:
            return
        context = g.trace.context
        comparer.submit(
            Shadow(
                protocol=protocol,
                model=manifest.name,
                version=str(manifest.version),
                path=request.path,
                body=body,
                answer=answer,
                classifies=bool(manifest.signature.classes),
                trace_headers={} if context is None else context.headers(),
            )
        )

    return submit
