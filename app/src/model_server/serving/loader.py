"""Takes a server from loading to ready."""

import logging
import time
from pathlib import Path

from model_server.observability.logs import LOGGER_NAME
from model_server.observability.metrics import Metrics
from model_server.observability.native_output import native_output_to
from model_server.repository.versions import resolve
from model_server.runtimes.registry import load_model
from model_server.serving.lifecycle import Lifecycle
from model_server.serving.model import LoadedModel
from model_server.settings import Settings

_log = logging.getLogger(f"{LOGGER_NAME}.serving")


def load_and_warm(settings: Settings, lifecycle: Lifecycle, metrics: Metrics) -> None:
    """Find, check, load and warm the model the settings name. Raises ModelServerError."""
    started = time.perf_counter()
    found = resolve(Path(settings.repository), settings.model_name, settings.model_version)
    manifest = found.manifest
    labels = (manifest.name, str(manifest.version))
    fields: dict[str, object] = {"model": labels[0], "version": labels[1], "format": manifest.format}
    _log.info("loading model", extra={"fields": fields})
    with native_output_to(_log_native):
        model = LoadedModel(manifest, load_model(found))
        lifecycle.warming()
        model.warm_up()
    seconds = time.perf_counter() - started
    metrics.model_load_duration.labels(*labels).set(seconds)
    metrics.model_info.labels(*labels, manifest.format, manifest.model_file.sha256).set(1)
    metrics.pending_requests.labels(*labels).set(0)
    lifecycle.ready(model)
    _log.info("model ready", extra={"fields": {**fields, "seconds": round(seconds, 3)}})


def _log_native(line: str) -> None:
    _log.debug("native output", extra={"fields": {"line": line}})
