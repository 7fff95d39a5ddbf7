"""Read a table of numeric features and a class per row from a CSV file."""

import csv
import hashlib
import io
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from modelctl.errors import ModelctlError

Label = str | int


@dataclass(frozen=True)
class Table:
    """A training table. `rows` has the shape (rows, features); `labels[i]` is the class of row i.

    `digest` is the SHA-256 of the file's bytes.
    """

    columns: tuple[str, ...]
    features: tuple[str, ...]
    target: str
    rows: npt.NDArray[np.float64]
    labels: tuple[Label, ...]
    digest: str

    @property
    def classes(self) -> tuple[Label, ...]:
        """The classes, sorted."""
        return tuple(sorted(set(self.labels)))


def read_table(path: Path, target: str) -> Table:
    """Read the file. Raises ModelctlError, which names the line of the problem."""
    content = _read(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ModelctlError(f"{path}: line {line} is not UTF-8.", "save the file as UTF-8") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        records = [(reader.line_num, record) for record in reader if record]
    except csv.Error as error:
        raise ModelctlError(f"{path}: line {reader.line_num}: {error}.", "correct the line") from None
    if not records:
        raise ModelctlError(f"{path} is empty.", "pass a CSV file with a header and one line per row")
    columns = _header(path, records[0][1], target)
    body = records[1:]
    if not body:
        raise ModelctlError(f"{path} has a header but no rows.", "add one line per row")
    for line, record in body:
        if len(record) != len(columns):
            raise ModelctlError(
                f"{path}: line {line} has {len(record)} values, but the header has {len(columns)} columns.",
                "add or remove values so that each row has one per column",
            )
    position = columns.index(target)
    features = tuple(name for name in columns if name != target)
    rows = [
        [_number(path, line, columns[at], value) for at, value in enumerate(record) if at != position]
        for line, record in body
    ]
    labels = _labels([_present(path, line, target, record[position]) for line, record in body])
    return Table(
        columns=columns,
        features=features,
        target=target,
        rows=np.array(rows, dtype=np.float64),
        labels=labels,
        digest=hashlib.sha256(content).hexdigest(),
    )


def _read(path: Path) -> bytes:
    if path.is_dir():
        raise ModelctlError(f"{path} is a directory.", "pass the CSV file inside it")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ModelctlError(f"{path} does not exist.", "correct --data") from None
    except OSError as error:
        raise ModelctlError(f"cannot read {path}: {error.strerror}.", "correct --data") from error


def _header(path: Path, names: list[str], target: str) -> tuple[str, ...]:
    columns = tuple(name.strip() for name in names)
    listed = ", ".join(columns)
    if all(_is_number(name) for name in columns):
        raise ModelctlError(f"{path} has no header: its first line is {listed}.", "add a line with column names")
    if "" in columns:
        raise ModelctlError(f"{path}: column {columns.index('') + 1} has no name.", "name it in the header")
    for name in columns:
        if columns.count(name) > 1:
            raise ModelctlError(f"{path} has a duplicate column {name!r}.", "rename or remove one of them")
    if target not in columns:
        raise ModelctlError(f"{path} has no column {target!r}; its columns are {listed}.", "correct --target")
    if len(columns) < 2:
        raise ModelctlError(f"{path} has no feature columns.", "add at least one numeric column")
    return columns


def _present(path: Path, line: int, column: str, value: str) -> str:
    text = value.strip()
    if not text:
        raise ModelctlError(f"{path}: line {line}: {column} is missing.", "fill in the value or remove the row")
    return text


def _number(path: Path, line: int, column: str, value: str) -> float:
    text = _present(path, line, column, value)
    if not _is_number(text):
        raise ModelctlError(
            f"{path}: line {line}: {column} must be a number, got {text!r}.",
            "correct the value, or remove the column: features must be finite numbers",
        )
    return float(text)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text)) and "_" not in text
    except ValueError:
        return False


def _labels(texts: list[str]) -> tuple[Label, ...]:
    """Return the classes as integers if all are written as such, else as text."""
    if all(text.isascii() and str(_whole(text)) == text for text in texts):
        return tuple(int(text) for text in texts)
    return tuple(texts)


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
