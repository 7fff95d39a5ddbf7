"""Whether a Kubernetes of a given version would know every field of an object.

The schemas are kubernetes-validate's strict ones, on this machine; jsonschema_rs compiles each once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import kubernetes_validate

from tests.harness.frozen import thawed

_ROOT = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
_DEFINITIONS = "/api/_definitions.json#/$defs/"


def newest_version() -> str:
    """The newest Kubernetes whose schemas are here, as major.minor."""
    return ".".join(str(kubernetes_validate.latest_version()).split(".")[:2])


def problems(body: Mapping[str, Any], version: str) -> list[str]:
    """What Kubernetes `version` (major.minor) would not take of an object: path and reason. Empty is good."""
    validator = _validator(version, str(body["apiVersion"]), str(body["kind"]))
    return [
        f"{'.'.join(str(part) for part in error.instance_path) or 'the object'}: {error.message}"
        for error in validator.iter_errors(thawed(body))
    ]


@cache
def _definitions(version: str) -> Any:
    folder = _folder(version)
    text = (folder / "_definitions.json").read_text(encoding="utf-8")
    return json.loads(text.replace(_DEFINITIONS, "#/$defs/"))["$defs"]


@cache
def _validator(version: str, api_version: str, kind: str) -> jsonschema_rs.Draft202012Validator:
    # A file is named kind-group-version, the group without its domain: deployment-apps-v1.json
    group_version = re.sub(r"^([^./]*)[^/]*/", r"\1-", api_version)
    path = _folder(version) / f"{kind.lower()}-{group_version}.json"
    if not path.is_file():
        raise LookupError(f"Kubernetes {version} has no {kind} in {api_version}. Remedy: render one that it serves.")
    schema = json.loads(path.read_text(encoding="utf-8").replace(_DEFINITIONS, "#/$defs/"))
    needed = _reachable(schema, _definitions(version))
    return jsonschema_rs.Draft202012Validator({**schema, "$defs": needed})


def _reachable(schema: Any, definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The definitions that a schema refers to, by however many steps: a small schema compiles fast."""
    needed: dict[str, Any] = {}
    waiting = [schema]
    while waiting:
        for name in re.findall(r'"#/\$defs/([^"]+)"', json.dumps(waiting.pop())):
            if name not in needed:
                needed[name] = definitions[name]
                waiting.append(definitions[name])
    return needed


def _folder(version: str) -> Path:
    folder = _ROOT / f"v{version}.0-local-strict"
    if not folder.is_dir():
        there = sorted(path.name.split("-")[0] for path in _ROOT.glob("*-local-strict"))
        raise LookupError(
            f"no schemas of Kubernetes {version}, only of {', '.join(there)}. "
            "Remedy: choose one of these, or install a newer kubernetes-validate."
        )
    return folder
