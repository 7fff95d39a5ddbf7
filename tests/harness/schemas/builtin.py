"""The schemas of built-in Kubernetes objects by version: the strict, closed schemas of kubernetes-validate."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate

_ROOT = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
_DEFINITIONS = "/api/_definitions.json#/$defs/"


@cache
def newest_version() -> str:
    """Return the newest Kubernetes version with schemas, as major.minor."""
    return ".".join(str(kubernetes_validate.latest_version()).split(".")[:2])


def schema(version: str, api_version: str, kind: str) -> dict[str, Any] | None:
    """Return the schema of a kind, or None if Kubernetes `version` has no such kind. It refers to `definitions`."""
    # A file is named kind-group-version, the group without its domain: deployment-apps-v1.json
    group_version = re.sub(r"^([^./]*)[^/]*/", r"\1-", api_version)
    found = _read(_folder(version) / f"{kind.lower()}-{group_version}.json")
    return found if found is not None and (api_version, kind) in _served(found) else None


def served(version: str, kind: str) -> list[str]:
    """Return the API versions in which Kubernetes `version` serves a kind."""
    files = _folder(version).glob(f"{kind.lower()}-*.json")
    return sorted(api for file in files for api, of in _served(_read(file) or {}) if of == kind)


@cache
def definitions(version: str) -> Mapping[str, Any]:
    """Return the definitions that schemas of Kubernetes `version` refer to as #/$defs/NAME."""
    found: Mapping[str, Any] = (_read(_folder(version) / "_definitions.json") or {})["$defs"]
    return found


def _read(file: Path) -> dict[str, Any] | None:
    if not file.is_file():
        return None
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8").replace(_DEFINITIONS, "#/$defs/"))
    return found


def _served(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    # File names are ambiguous in group and kind, and some files describe only a part of an object.
    types = found.get("x-kubernetes-group-version-kind", [])
    return [("/".join(filter(None, (each["group"], each["version"]))), each["kind"]) for each in types]


def _folder(version: str) -> Path:
    folder = _ROOT / f"v{version}.0-local-strict"
    if not folder.is_dir():
        available = sorted(path.name.split("-")[0] for path in _ROOT.glob("*-local-strict"))
        raise LookupError(
            f"no schemas of Kubernetes {version}, only of {', '.join(available)}. "
            "Remedy: choose one of these, or install a newer kubernetes-validate."
        )
    return folder
