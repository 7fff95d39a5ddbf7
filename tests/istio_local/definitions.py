"""The custom resources that Istio reads: its own and those of the Gateway API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from charttool import structural
from cluster import crds
from tests.istio_local.api import Api, Manifest
from tests.istio_local.waiting import until

NAMES = ("istio", "gateway-api")
DEFINITION = "CustomResourceDefinition"


def install(api: Api, names: Iterable[str] = NAMES) -> None:
    """Apply the definitions of catalog entries, and wait until the API server serves their resources."""
    manifests = [each for name in names for file in crds.files(name) for each in _in(file)]
    for each in manifests:
        api.apply(each)
    definitions = [each for each in manifests if each["kind"] == DEFINITION]
    for each in definitions:
        until(f"{each['metadata']['name']} is established", partial(_is_established, api, each))
    # The server updates its discovery documents a moment after a definition is established.
    for api_version in sorted({served for each in definitions for served in _served(each)}):
        until(f"{api_version} is served", partial(api.serves, api_version))


def _in(file: Path) -> Iterator[Manifest]:
    with file.open(encoding="utf-8") as text:
        yield from (each for each in yaml.load_all(text, Loader=structural.Loader) if each)


def _served(definition: Manifest) -> Iterator[str]:
    spec: dict[str, Any] = definition["spec"]
    for version in spec["versions"]:
        if version["served"]:
            yield f"{spec['group']}/{version['name']}"


def _is_established(api: Api, definition: Manifest) -> bool:
    stored = api.read(definition) or {}
    conditions = stored.get("status", {}).get("conditions", [])
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)
