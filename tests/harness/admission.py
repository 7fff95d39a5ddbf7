"""Validation rules of the API server that its schemas do not express, as far as a chart's values can break them.

The API server implements these in Go. Charts break those for names, labels and fields that exclude each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.harness.manifests import Manifest

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_QUALIFIED = r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_KEY = re.compile(rf"({_SUBDOMAIN}/)?{_QUALIFIED}")
_ANNOTATION = re.compile(rf"({_SUBDOMAIN}/)?{_QUALIFIED}", re.IGNORECASE)
_VALUE = re.compile(rf"({_QUALIFIED})?")
_DATA_KEY = re.compile(r"(?!\.\.|\.$)[-._a-zA-Z0-9]{1,253}")
# Kinds with a stricter rule; other names are DNS subdomains.
_NAMES = {"Service": re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"), "Namespace": re.compile(_LABEL)}
_OTHER_NAME = re.compile(_SUBDOMAIN)
_NONE = re.compile(r"0+%?")


def violations(manifest: Manifest) -> Iterator[str]:
    """Yield an error for each rule that an object breaks."""
    body = manifest.body
    yield from _check_metadata(body["metadata"], _NAMES.get(manifest.kind, _OTHER_NAME))
    for key in body.get("data") or {}:
        if manifest.kind in ("ConfigMap", "Secret") and not _DATA_KEY.fullmatch(key):
            yield f"data: {key!r} is not a valid key"
    if manifest.kind in ("Deployment", "StatefulSet", "DaemonSet"):
        yield from _check_workload(manifest)
    if manifest.kind == "PodDisruptionBudget":
        yield from _check_percent(manifest.spec, "minAvailable", "maxUnavailable")
    template = manifest.pod_template()
    if template is not None:
        if manifest.kind != "Pod":
            yield from _check_metadata(template["metadata"], None)
        yield from _check_pod(template["spec"])


def _check_metadata(metadata: Mapping[str, Any], name: re.Pattern[str] | None) -> Iterator[str]:
    if name and not (name.fullmatch(metadata["name"]) and len(metadata["name"]) <= 253):
        yield f"metadata.name: {metadata['name']!r} is not a valid name"
    for key, value in (metadata.get("labels") or {}).items():
        if not _KEY.fullmatch(key) or not isinstance(value, str) or not _VALUE.fullmatch(value):
            yield f"metadata.labels: {key!r}: {value!r} is not a valid label"
    for key in metadata.get("annotations") or {}:
        if not _ANNOTATION.fullmatch(key):
            yield f"metadata.annotations: {key!r} is not a valid key"


def _check_workload(manifest: Manifest) -> Iterator[str]:
    spec = manifest.spec
    labels = spec["template"]["metadata"].get("labels") or {}
    if not (spec["selector"].get("matchLabels") or {}).items() <= labels.items():
        yield "spec.selector: must match the labels of the pod template"
    rolling = spec.get("strategy", {}).get("rollingUpdate") or {}
    if rolling and all(_NONE.fullmatch(str(rolling.get(word, 1))) for word in ("maxSurge", "maxUnavailable")):
        yield "spec.strategy.rollingUpdate: maxSurge and maxUnavailable cannot both be 0"
    yield from _check_percent(rolling, "maxUnavailable")


def _check_percent(holder: Mapping[str, Any], *words: str) -> Iterator[str]:
    for word in words:
        value = str(holder.get(word, ""))
        if value.endswith("%") and int(value[:-1]) > 100:
            yield f"{word}: {value} must be at most 100%"


def _check_pod(spec: Mapping[str, Any]) -> Iterator[str]:
    if spec.get("dnsPolicy") == "None" and not (spec.get("dnsConfig") or {}).get("nameservers"):
        yield 'spec.dnsConfig.nameservers: required if dnsPolicy is "None"'
    containers = [*spec.get("initContainers", []), *spec["containers"]]
    for container in containers:
        paths = [mount["mountPath"] for mount in container.get("volumeMounts") or []]
        if len(set(paths)) < len(paths):
            yield f"{container['name']}: volumeMounts: two mounts have the same path"
    for kind, names in (
        ("containers", [container["name"] for container in containers]),
        ("volumes", [volume["name"] for volume in spec.get("volumes", [])]),
    ):
        if len(set(names)) < len(names):
            yield f"{kind}: two have the same name"
