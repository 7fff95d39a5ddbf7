"""Rejects Keras files that would run code, before Keras reads them.

Keras ignores `safe_mode` for `.h5` (CVE-2025-9905), and the loaders of both formats have imported modules and called
functions named in the file (CVE-2025-1550, CVE-2025-8747, CVE-2025-9906). This module therefore reads the file's
description as data and accepts only Keras's own building blocks.
"""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py

from model_server.errors import ModelLoadError
from model_server.runtimes.magic_bytes import wrong_format

_MODULES = (
    "activations",
    "constraints",
    "dtype_policies",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "quantizers",
    "regularizers",
)
_ALLOWED = tuple(f"keras.{part}" for part in _MODULES) + tuple(f"keras.src.{part}" for part in _MODULES)

# Part of Keras, but they run stored code or read other files.
_REFUSED_CLASSES = frozenset(
    {"function", "FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper", "TFOpLambda", "SlicingOpLambda"}
)

_MAX_CONFIG_BYTES = 64 * 1024 * 1024


def check_keras_file(path: Path) -> None:
    """Reject a file that does not match its suffix or that names code. Raises ModelLoadError."""
    config = _h5_config(path) if path.suffix == ".h5" else _archive_config(path)
    for node in _nodes(config):
        _check_node(path, node)


def _check_node(path: Path, node: dict[str, Any]) -> None:
    class_name = node.get("class_name")
    if not isinstance(class_name, str):
        return
    inner = node.get("config")
    layer = inner.get("name", class_name) if isinstance(inner, dict) else class_name
    if "lambda" in class_name.lower() or class_name in _REFUSED_CLASSES:
        raise _unsafe(path, f"the layer {layer!r} is a {class_name}, which runs code stored in the file")
    module = node.get("module")
    if module is not None and not _is_keras_module(module):
        raise _unsafe(path, f"the layer {layer!r} comes from the module {module!r}, which is not part of Keras")
    registered = node.get("registered_name")
    if isinstance(registered, str) and ">" in registered:
        raise _unsafe(path, f"the layer {layer!r} is the custom class {registered!r}")
    vocabulary = inner.get("vocabulary") if isinstance(inner, dict) else None
    if isinstance(vocabulary, str):
        raise _unsafe(path, f"the layer {layer!r} reads the file {vocabulary!r}")


def _is_keras_module(module: object) -> bool:
    if not isinstance(module, str):
        return False
    return module == "keras" or any(module == one or module.startswith(f"{one}.") for one in _ALLOWED)


def _unsafe(path: Path, finding: str) -> ModelLoadError:
    return ModelLoadError(
        f"{path} is refused: {finding}.", "build the model from Keras's own layers only and save it again"
    )


def _nodes(config: object) -> Iterator[dict[str, Any]]:
    """Yield every object of a JSON document, without recursion: the file decides how deep it is."""
    pending: list[object] = [config]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            yield value
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)


def _h5_config(path: Path) -> object:
    if not h5py.is_hdf5(path):
        raise wrong_format(path, "an HDF5 file")
    try:
        with h5py.File(path, "r") as file:
            text = file.attrs.get("model_config")
    except OSError as error:
        raise ModelLoadError(
            f"{path} is damaged: {error}.", "write the version again from the trained model"
        ) from error
    if text is None:
        raise ModelLoadError(f"{path} holds weights only, not a model.", "save the whole model: model.save('model.h5')")
    return _parsed(path, text)


def _archive_config(path: Path) -> object:
    if not zipfile.is_zipfile(path):
        raise wrong_format(path, "a .keras archive")
    with zipfile.ZipFile(path) as archive:
        try:
            entry = archive.getinfo("config.json")
        except KeyError:
            raise wrong_format(path, "a .keras archive (it has no config.json)") from None
        if entry.file_size > _MAX_CONFIG_BYTES:
            raise ModelLoadError(f"{path}: its config.json is larger than 64 MiB.", "save the model again")
        config = _parsed(path, archive.read(entry))
    if isinstance(config, dict):
        # Loss, metrics and optimizer are not restored for serving, so custom ones are harmless.
        config.pop("compile_config", None)
    return config


def _parsed(path: Path, text: str | bytes) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelLoadError(
            f"{path} is damaged: its description is not JSON ({error}).", "write the version again"
        ) from error
