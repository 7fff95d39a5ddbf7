"""The manifest of a model version, and its strict parser.

Unknown keys are rejected at every level: a key that this release does not know may change how the model must be
served.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from model_server.errors import RepositoryError
from model_server.repository.fields import Fields, JsonObject
from model_server.repository.names import is_model_name

MANIFEST_NAME = "manifest.json"
SCHEMA_VERSION = 1

NUMERIC_DTYPES = ("float32", "float64", "int32", "int64")
OUTPUT_DTYPES = (*NUMERIC_DTYPES, "string")


@dataclass(frozen=True)
class FileEntry:
    """One file of a version: its path inside the version's folder, SHA-256 in hex and size in bytes."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Tensor:
    """Name, dtype and shape of an input or output; the first dimension is -1, the number of rows."""

    name: str
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Signature:
    """The input and the output of a model. `features` names the columns of a row, `classes` the classes.

    If the output is a row of probabilities, `classes` is in the order of its columns.
    """

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    features: tuple[str, ...] = ()
    classes: tuple[str | int, ...] = ()

    @property
    def input(self) -> Tensor:
        """The only input."""
        return self.inputs[0]

    @property
    def output(self) -> Tensor:
        """The only output."""
        return self.outputs[0]


@dataclass(frozen=True)
class Manifest:
    """The record of one model version.

    Serving needs `name`, `version`, `format`, `files` and `signature`, and `framework_versions` for formats that load
    only with the library that wrote them. The rest documents the origin of the version and is not interpreted:
    `training_data`, `parameters`, `split`, `evaluation`, `code`.
    """

    name: str
    version: int
    format: str
    files: tuple[FileEntry, ...]
    signature: Signature
    framework_versions: Mapping[str, str] = field(default_factory=dict)
    training_data: JsonObject = field(default_factory=dict)
    algorithm: str = ""
    parameters: JsonObject = field(default_factory=dict)
    seed: int | None = None
    split: JsonObject = field(default_factory=dict)
    evaluation: JsonObject = field(default_factory=dict)
    code: JsonObject = field(default_factory=dict)
    created: str = ""
    schema_version: int = SCHEMA_VERSION

    @property
    def model_file(self) -> FileEntry:
        """The file that the runtime loads: the first one in the list."""
        return self.files[0]

    def to_json(self) -> str:
        """Return the content of the file. Equal manifests give equal text."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def parse_manifest(text: str, where: str) -> Manifest:
    """Read a manifest. `where` names the file in errors. Raises RepositoryError."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RepositoryError(f"{where} is not JSON: {error}.", "write the version again") from error
    top = Fields(document, where)
    schema = top.integer("schema_version", minimum=1)
    if schema != SCHEMA_VERSION:
        raise RepositoryError(
            f"{where}: schema_version {schema} is not supported; this release supports {SCHEMA_VERSION}.",
            "serve it with the model-server release that belongs to the modelctl that wrote it",
        )
    name = top.text("name")
    if not is_model_name(name):
        raise RepositoryError(f"{where}: name {name!r} cannot be a model's name.", "rename the model")
    files = tuple(_file(item) for item in top.nested_list("files"))
    if len({entry.path for entry in files}) != len(files):
        raise RepositoryError(f"{where}: files has a duplicate path.", "write the version again")
    manifest = Manifest(
        name=name,
        version=top.integer("version", minimum=1),
        format=top.text("format"),
        files=files,
        signature=_signature(top.nested("signature")),
        framework_versions=top.texts_by_name("framework_versions"),
        training_data=top.free_object("training_data"),
        algorithm=top.text("algorithm", default=""),
        parameters=top.free_object("parameters"),
        seed=top.optional_integer("seed"),
        split=top.free_object("split"),
        evaluation=top.free_object("evaluation"),
        code=top.free_object("code"),
        created=top.text("created", default=""),
    )
    top.reject_unknown()
    return manifest


def _file(item: Fields) -> FileEntry:
    path = item.text("path")
    # Subfolders are allowed (saved_model/…), paths outside of the version's folder are not.
    parts = path.split("/")
    if path.startswith("/") or "\\" in path or "\0" in path or any(part in ("", ".", "..") for part in parts):
        raise item.error(f"path {path!r} leaves the version's folder or is not a plain relative path")
    if path == MANIFEST_NAME:
        raise item.error("path is the manifest itself")
    digest = item.text("sha256")
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise item.error("sha256 is not 64 lower-case hexadecimal digits")
    entry = FileEntry(path=path, sha256=digest, size=item.integer("size", minimum=0))
    item.reject_unknown()
    return entry


def _signature(item: Fields) -> Signature:
    inputs = tuple(_tensor(one, NUMERIC_DTYPES) for one in item.nested_list("inputs"))
    outputs = tuple(_tensor(one, OUTPUT_DTYPES) for one in item.nested_list("outputs"))
    for key, tensors in (("inputs", inputs), ("outputs", outputs)):
        if len(tensors) != 1:
            raise item.error(f"{key} has {len(tensors)} entries; exactly one is supported")
    features = tuple(str(one) for one in item.scalars("features", str))
    classes = tuple(one for one in item.scalars("classes", str | int) if isinstance(one, str | int))
    if features and inputs[0].shape != (-1, len(features)):
        raise item.error(f"features names {len(features)} columns, the input's shape is {list(inputs[0].shape)}")
    item.reject_unknown()
    return Signature(inputs, outputs, features, classes)


def _tensor(item: Fields, dtypes: tuple[str, ...]) -> Tensor:
    name, dtype = item.text("name"), item.text("dtype")
    if dtype not in dtypes:
        raise item.error(f"dtype {dtype!r} is not one of {', '.join(dtypes)}")
    shape = tuple(one for one in item.scalars("shape", int) if isinstance(one, int))
    if not shape or shape[0] != -1 or any(size < 1 for size in shape[1:]):
        raise item.error(f"shape {list(shape)} is not -1 followed by positive sizes")
    item.reject_unknown()
    return Tensor(name, dtype, shape)
