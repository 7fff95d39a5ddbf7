"""The "restricted" Pod Security Standard, control by control as in the Kubernetes documentation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_VOLUME_TYPES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
_SECCOMP = {"RuntimeDefault", "Localhost"}


def violations(pod: Mapping[str, Any]) -> list[str]:
    """Return the violations of a pod spec, each with the field and what it must be."""
    found = list(_check_pod(pod))
    for container in _containers(pod):
        found += _check_container(pod, container)
    return found


def _containers(pod: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for section in ("initContainers", "containers", "ephemeralContainers"):
        yield from pod.get(section, [])


def _check_pod(pod: Mapping[str, Any]) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(field):
            yield f"{field} must not be set"
    for volume in pod.get("volumes", []):
        for kind in sorted(set(volume) - {"name"} - _VOLUME_TYPES):
            yield f"volume {volume['name']} must not be of type {kind}"
    if (pod.get("securityContext") or {}).get("sysctls"):
        yield "securityContext.sysctls must not be set"


def _check_container(pod: Mapping[str, Any], container: Mapping[str, Any]) -> Iterator[str]:
    name = container["name"]
    own: Mapping[str, Any] = container.get("securityContext") or {}
    shared: Mapping[str, Any] = pod.get("securityContext") or {}
    effective = {**shared, **own}
    if own.get("privileged"):
        yield f"{name}: privileged must not be true"
    if own.get("allowPrivilegeEscalation") is not False:
        yield f"{name}: allowPrivilegeEscalation must be false"
    capabilities: Mapping[str, Any] = own.get("capabilities") or {}
    if "ALL" not in capabilities.get("drop", []):
        yield f"{name}: capabilities.drop must contain ALL"
    if set(capabilities.get("add", [])) - {"NET_BIND_SERVICE"}:
        yield f"{name}: capabilities.add must contain nothing but NET_BIND_SERVICE"
    if effective.get("runAsNonRoot") is not True:
        yield f"{name}: runAsNonRoot must be true, in the pod or in the container"
    if 0 in (own.get("runAsUser"), shared.get("runAsUser")):
        yield f"{name}: runAsUser must not be 0"
    if (effective.get("seccompProfile") or {}).get("type") not in _SECCOMP:
        yield f"{name}: seccompProfile.type must be RuntimeDefault or Localhost"
    if own.get("procMount", "Default") != "Default":
        yield f"{name}: procMount must be Default"
    if any(port.get("hostPort") for port in container.get("ports", [])):
        yield f"{name}: hostPort must not be set"
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        handler = (container.get(probe) or {}).get("httpGet") or {}
        if handler.get("host"):
            yield f"{name}: {probe}.httpGet.host must not be set"
