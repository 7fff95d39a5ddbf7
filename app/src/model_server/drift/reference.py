"""`reference.json`: the distributions of the training rows and of the model's predictions for them.

    {
      "schema_version": 1,
      "rows": 120,
      "features": [{"name": "width", "edges": [0.5, 1.5], "shares": [0.3, 0.4, 0.3]}, …],
      "prediction": {"kind": "classes", "classes": ["a", "b"], "shares": [0.5, 0.5]}
    }

`edges` are the inner limits of the bins, in ascending order. The first bin has all values up to and including the first
edge, the last one all values above the last edge, so there is one more share than edges. A share is the fraction of the
rows in the bin. `features` are the columns in order, with the signature's names, or f0, f1, … without names. The
prediction of a model without classes is `{"kind": "numbers", "edges": […], "shares": […]}`.

The file is optional, and is read only if the manifest lists it, so that it has a digest.
"""

import itertools
import json
import math
from dataclasses import asdict, dataclass

from model_server.repository.documents import parse_document, read_listed
from model_server.repository.fields import Fields
from model_server.repository.manifest import Signature
from model_server.repository.versions import ModelVersion

REFERENCE_NAME = "reference.json"
SCHEMA_VERSION = 1

# Each feature is a time series per server and adds about 10 microseconds to a scrape.
MAX_FEATURES = 200

_REMEDY = "train the version again with modelctl, or leave reference.json out of the version and of its manifest"
_SUM_TOLERANCE = 1e-6


@dataclass(frozen=True)
class NumberShares:
    """A histogram: `edges` between the bins, and the share of rows in each bin, one more."""

    edges: tuple[float, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True)
class ClassShares:
    """The share of rows of each class."""

    classes: tuple[str | int, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Reference:
    """The distributions of `rows` training rows; `features` has a name and a histogram for each column."""

    rows: int
    features: tuple[tuple[str, NumberShares], ...]
    prediction: NumberShares | ClassShares

    def to_json(self) -> str:
        """Return the content of the file. Equal references give equal text."""
        kind = "classes" if isinstance(self.prediction, ClassShares) else "numbers"
        document = {
            "schema_version": SCHEMA_VERSION,
            "rows": self.rows,
            "features": [{"name": name, **asdict(histogram)} for name, histogram in self.features],
            "prediction": {"kind": kind, **asdict(self.prediction)},
        }
        return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def feature_names(signature: Signature) -> tuple[str, ...]:
    """Return the names of a row's columns: the signature's, or f0, f1, …; empty if rows are not vectors."""
    if signature.features:
        return signature.features
    shape = signature.input.shape
    return tuple(f"f{column}" for column in range(shape[1])) if len(shape) == 2 else ()


def read_reference(found: ModelVersion) -> Reference | None:
    """Read the file of a version whose digests have been checked; None if it has none. Raises RepositoryError."""
    text = read_listed(found, REFERENCE_NAME, _REMEDY)
    return None if text is None else parse_reference(text, str(found.folder / REFERENCE_NAME), found.manifest.signature)


def parse_reference(text: str, where: str, signature: Signature) -> Reference:
    """Read a reference that must match `signature`. `where` names the file in errors. Raises RepositoryError."""
    top = parse_document(text, where, SCHEMA_VERSION, _REMEDY)
    reference = Reference(
        rows=top.integer("rows", minimum=1),
        features=tuple(_feature(item) for item in top.nested_list("features")),
        prediction=_prediction(top.nested("prediction"), signature),
    )
    top.reject_unknown()
    _check_names(top, reference, signature)
    return reference


def _check_names(top: Fields, reference: Reference, signature: Signature) -> None:
    expected, found = feature_names(signature), tuple(name for name, _ in reference.features)
    if len(found) > MAX_FEATURES:
        raise top.error(f"features has {len(found)} entries, at most {MAX_FEATURES} are allowed")
    if len(found) != len(expected):
        raise top.error(f"features has {len(found)} entries, the manifest's rows have {len(expected)} columns")
    for index, (name, wanted) in enumerate(zip(found, expected, strict=True)):
        if name != wanted:
            raise top.error(f"features[{index}] is {name!r}, that column of the manifest is {wanted!r}")
    # Names are metric labels: a duplicate, or one that cannot be encoded, would make the whole scrape fail.
    for index, name in enumerate(found):
        if name in found[:index]:
            raise top.error(f"features[{index}] is {name!r}, which is also the name of another column")
        if not _is_unicode(name):
            raise top.error(f"features[{index}] is {name!r}, which has an unpaired surrogate")


def _is_unicode(name: str) -> bool:
    """Return whether UTF-8 can encode the name: JSON can also hold an unpaired surrogate."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _feature(item: Fields) -> tuple[str, NumberShares]:
    feature = (item.text("name"), _numbers(item))
    item.reject_unknown()
    return feature


def _prediction(item: Fields, signature: Signature) -> NumberShares | ClassShares:
    kind = item.text("kind")
    output = signature.output
    prediction: NumberShares | ClassShares
    if kind == "classes":
        prediction = _classes(item, signature)
        fits = output.shape in ((-1,), (-1, len(prediction.classes)))
    elif kind == "numbers":
        prediction = _numbers(item)
        fits = output.shape in ((-1,), (-1, 1)) and output.dtype != "string"
    else:
        raise item.error(f"kind {kind!r} is not one of classes, numbers")
    if not fits:
        raise item.error(f"{kind} cannot be counted in an output {output.dtype} {list(output.shape)}")
    item.reject_unknown()
    return prediction


def _classes(item: Fields, signature: Signature) -> ClassShares:
    classes = tuple(one for one in item.scalars("classes", str | int) if isinstance(one, str | int))
    if len(set(classes)) != len(classes):
        raise item.error("classes has a duplicate")
    if signature.classes and classes != signature.classes:
        raise item.error(f"classes is {list(classes)}, the manifest's signature says {list(signature.classes)}")
    return ClassShares(classes, _shares(item, len(classes)))


def _numbers(item: Fields) -> NumberShares:
    edges = item.numbers("edges")
    for index, (lower, upper) in enumerate(itertools.pairwise(edges)):
        if not lower < upper:
            raise item.error(f"edges[{index + 1}] is {upper}, not above the one before it, {lower}")
    return NumberShares(edges, _shares(item, len(edges) + 1))


def _shares(item: Fields, expected: int) -> tuple[float, ...]:
    shares = item.numbers("shares")
    if len(shares) != expected:
        raise item.error(f"shares has {len(shares)} entries, expected {expected}")
    for index, share in enumerate(shares):
        if not 0 <= share <= 1:
            raise item.error(f"shares[{index}] is {share}, not between 0 and 1")
    total = math.fsum(shares)
    if abs(total - 1) > _SUM_TOLERANCE:
        raise item.error(f"shares add up to {total:g}, not to 1")
    return shares
