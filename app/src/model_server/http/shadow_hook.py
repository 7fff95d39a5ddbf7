"""Hands shadows over to be compared, where the settings ask for it."""

from collections.abc import Callable

from flask import g, request

from model_server.observability.metrics import Metrics
from model_server.repository.manifest import Manifest
from model_server.settings import Settings
from model_server.shadow.detection import COMPARED_BY_HEADER

# Takes the manifest of the model that has answered, the body that it was asked and the one that it answers.
ShadowSink = Callable[[Manifest, bytes, bytes], None]


def create_shadow_sink(settings: Settings, metrics: Metrics) -> ShadowSink:
    """What is to be called with each prediction, before it is sent; it does not wait for anything."""
    if not settings.shadow_compare_url:
        return lambda _manifest, _body, _answer: None
    # Imported here: a server that compares nothing needs no HTTP client.
    from model_server.shadow.comparer import Comparer, Shadow
    from model_server.shadow.stable_client import StableClient

    stable = StableClient(settings.shadow_compare_url, settings.shadow_timeout_seconds)
    comparer = Comparer(stable, settings.shadow_ratio, settings.shadow_tolerance, metrics)

    def shadow_sink(manifest: Manifest, body: bytes, answer: bytes) -> None:
        if not g.shadow or COMPARED_BY_HEADER in request.headers:
            return
        context = g.trace.context
        comparer.take(
            Shadow(
                model=manifest.name,
                version=str(manifest.version),
                path=request.path,
                body=body,
                answer=answer,
                classifies=bool(manifest.signature.classes),
                trace_headers={} if context is None else context.headers(),
            )
        )

    return shadow_sink
