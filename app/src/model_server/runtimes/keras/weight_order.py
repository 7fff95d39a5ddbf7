"""Detects `.h5` files whose weights Keras restores into the wrong variables.

Keras (3.15) writes and reads the weights of a top-level layer as a list without names: trainable weights first, then
the others. A nested model with `trainable=False` counts all weights as non-trainable when it is saved. After loading, a
layer inside it with `trainable=True` counts as trainable again, so its weights move to the front of the list. If the
shapes are equal, Keras loads the file without an error and the model answers wrongly.

The file records the path of each weight. If the loaded model has the same paths in a different order, the values are in
the wrong variables.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import h5py

from model_server.errors import ModelLoadError

if TYPE_CHECKING:
    import keras


def check_weight_order(path: Path, model: "keras.Model") -> None:
    """Compare the order of the weights in the file at `path` with the loaded model's. Raises ModelLoadError."""
    layers = [layer for layer in model.layers if layer.weights]
    with h5py.File(path, "r") as file:
        for layer, stored in zip(layers, _stored_names(file.get("model_weights", file)), strict=False):
            loaded = [weight.path for weight in layer.trainable_weights + layer.non_trainable_weights]
            if is_reordered(stored, loaded):
                raise ModelLoadError(
                    f"{path}: Keras restores the weights of the layer {layer.name!r} in a different order from the one "
                    "they were saved in, because it is not trainable and a layer inside it is.",
                    "save the model as .keras and write the version again, or give the layer and all layers inside it "
                    "the same value of trainable before saving",
                )


def is_reordered(stored: Sequence[str], loaded: Sequence[str]) -> bool:
    """Return whether the paths are the same but in a different order.

    Two paths are the same if one ends with the other, since Keras leaves out the outer names of some variables. Paths
    that do not correspond, as in files of earlier versions of Keras, say nothing about the order.
    """
    names = [name.removesuffix(":0") for name in stored]
    if len(names) != len(loaded) or all(map(_is_same, names, loaded)):
        return False
    remaining = list(loaded)
    for name in names:
        match = next((path for path in remaining if path == name), None)
        match = match or next((path for path in remaining if _is_same(name, path)), None)
        if match is None:
            return False
        remaining.remove(match)
    return True


def _is_same(one: str, other: str) -> bool:
    return one == other or one.endswith(f"/{other}") or other.endswith(f"/{one}")


def _stored_names(weights: h5py.Group) -> Iterator[list[str]]:
    """Yield the weight paths of each top-level layer that has weights."""
    for layer in _strings(weights, "layer_names"):
        names = _strings(weights[layer], "weight_names")
        if names:
            yield names


def _strings(group: h5py.Group, attribute: str) -> list[str]:
    """Read a list of strings. HDF5 limits the size of an attribute, so Keras splits long lists into numbered chunks."""
    if attribute in group.attrs:
        values = list(group.attrs[attribute])
    else:
        values, chunk = [], 0
        while f"{attribute}{chunk}" in group.attrs:
            values += list(group.attrs[f"{attribute}{chunk}"])
            chunk += 1
    return [value.decode() if isinstance(value, bytes) else str(value) for value in values]
