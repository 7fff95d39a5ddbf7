"""Loads and warms the model, which makes the server ready."""

import logging
import time
from pathlib import Path

from model_server.drift.monitor import DriftMonitor
from model_server.drift.reference import read_reference
from model_server.observability.drift import DriftCollector
from model_server.observability.logs import LOGGER_NAME
from model_server.observability.metrics import Metrics
from model_server.observability.native_output import native_output_to
from model_server.protocols.registry import PROTOCOLS
from model_server.repository.versions import ModelVersion, resolve
from model_server.runtimes.registry import load_model
from model_server.serving.lifecycle import Lifecycle
from model_server.serving.model import LoadedModel
from model_server.serving.samples import check_samples, read_samples
from model_server.settings import Settings

_log = logging.getLogger(f"{LOGGER_NAME}.serving")


def load_and_warm(settings: Settings, lifecycle: Lifecycle, metrics: Metrics) -> None:
    """Find, check, load and warm the model that the settings name. Raises ModelServerError."""
    started = time.perf_counter()
    found = resolve(Path(settings.repository), settings.model_name, settings.model_version)
    manifest = found.manifest
    labels = (manifest.name, str(manifest.version))
    fields: dict[str, object] = {"model": labels[0], "version": labels[1], "format": manifest.format}
    _log.info("loading model", extra={"fields": fields})
    with native_output_to(_log_native):
        model = load_version(found, settings.drift_window_rows)
        lifecycle.warming()
        fields["sample_rows"] = warm_up(found, model)
    seconds = time.perf_counter() - started
    metrics.model_load_duration.labels(*labels).set(seconds)
    metrics.model_info.labels(*labels, manifest.format, manifest.model_file.sha256).set(1)
    metrics.init_model(*labels, [protocol.name for protocol in PROTOCOLS])
    if settings.shadow_compare_url:
        metrics.init_comparison(*labels)
    if model.drift is not None:
        metrics.registry.register(DriftCollector(model.drift, *labels))
    lifecycle.ready(model)
    _log.info("model ready", extra={"fields": {**fields, "seconds": round(seconds, 3)}})


def load_version(found: ModelVersion, drift_window_rows: int = 0) -> LoadedModel:
    """Check and load a version without warm-up. A window of 0 rows disables drift detection.

    Raises RepositoryError or ModelLoadError.
    """
    runtime_model = load_model(found)
    # Read after the digest check, and even if drift detection is disabled: a version with an invalid file is rejected
    # regardless of the settings.
    reference = read_reference(found)
    drift = DriftMonitor(reference, drift_window_rows) if reference and drift_window_rows else None
    return LoadedModel(found.manifest, runtime_model, drift)


def warm_up(found: ModelVersion, model: LoadedModel) -> int:
    """Make the first calls, then compare the model's answers to the sample rows with the recorded ones.

    Returns the number of sample rows, 0 for a version without samples. Raises RepositoryError or ModelLoadError.
    """
    model.warm_up()
    samples = read_samples(found)
    if samples is None:
        return 0
    check_samples(model, samples)
    return len(samples.inputs)


def _log_native(line: str) -> None:
    _log.debug("native output", extra={"fields": {"line": line}})
