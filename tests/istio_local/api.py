"""A small client of the Kubernetes API that applies, reads and deletes objects of any kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import requests

Manifest = Mapping[str, Any]

MANAGER = "tests"
SECONDS = 30


class RejectedError(AssertionError):
    """The API server rejected an object; the message is its reason."""


@dataclass(frozen=True)
class _Resource:
    path: str
    plural: str
    namespaced: bool


class Api:
    """The API server, with the permissions of a cluster administrator."""

    def __init__(self, url: str, token: str, authority: Path) -> None:
        self.url = url
        self.token = token
        self.authority = authority
        self._session = requests.Session()
        # The environment's proxies and certificates are for other servers.
        self._session.trust_env = False
        self._session.verify = str(authority)
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._resource = cache(self._find_resource)

    def is_ready(self) -> bool:
        """Return whether the server is ready."""
        return self._session.get(f"{self.url}/readyz", timeout=SECONDS).ok

    def serves(self, api_version: str) -> bool:
        """Return whether the server serves an API version such as ``apps/v1``."""
        return self._session.get(self.url + _root(api_version), timeout=SECONDS).ok

    def apply(self, manifest: Manifest, namespace: str = "default", *, dry_run: bool = False) -> dict[str, Any]:
        """Apply a manifest, by default in that namespace; returns the stored object, or what a dry run would store."""
        query = {"fieldManager": MANAGER, "force": "true", "fieldValidation": "Strict"}
        query |= {"dryRun": "All"} if dry_run else {}
        return self._call(
            "PATCH", self._path(manifest, namespace), manifest, "application/apply-patch+yaml", params=query
        )

    def set_status(self, manifest: Manifest, status: Manifest, namespace: str = "default") -> None:
        """Set an object's status, as a controller does in a cluster."""
        path = f"{self._path(manifest, namespace)}/status"
        self._call("PATCH", path, {"status": status}, "application/merge-patch+json")

    def read(self, manifest: Manifest, namespace: str = "default") -> dict[str, Any] | None:
        """Return the stored object of that kind and name, or None."""
        answer = self._session.get(self.url + self._path(manifest, namespace), timeout=SECONDS)
        return None if answer.status_code == requests.codes.not_found else dict(answer.json())

    def delete(self, manifest: Manifest, namespace: str = "default") -> None:
        """Delete an object if it exists."""
        answer = self._session.delete(self.url + self._path(manifest, namespace), timeout=SECONDS)
        if not answer.ok and answer.status_code != requests.codes.not_found:
            raise RejectedError(_reason(answer))

    def token_of(self, service_account: str, namespace: str, audience: str) -> str:
        """Request a token of a service account, as a kubelet does."""
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{service_account}/token"
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"audiences": [audience]}}
        return str(self._call("POST", path, body, "application/json")["status"]["token"])

    def _call(
        self, method: str, path: str, body: Manifest, kind: str, params: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        answer = self._session.request(
            method,
            self.url + path,
            data=json.dumps(body).encode(),
            headers={"Content-Type": kind},
            params=params,
            timeout=SECONDS,
        )
        if not answer.ok:
            raise RejectedError(_reason(answer))
        return dict(answer.json())

    def _path(self, manifest: Manifest, namespace: str) -> str:
        resource = self._resource(str(manifest["apiVersion"]), str(manifest["kind"]))
        metadata = manifest["metadata"]
        inside = f"/namespaces/{metadata.get('namespace', namespace)}" if resource.namespaced else ""
        return f"{resource.path}{inside}/{resource.plural}/{metadata['name']}"

    def _find_resource(self, api_version: str, kind: str) -> _Resource:
        root = _root(api_version)
        answer = self._session.get(self.url + root, timeout=SECONDS)
        for each in answer.json().get("resources", []) if answer.ok else []:
            if each["kind"] == kind and "/" not in each["name"]:
                return _Resource(root, each["name"], each["namespaced"])
        raise RejectedError(
            f"the server has no {kind} in {api_version}. Remedy: correct it, or apply its definition first."
        )


def _root(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def _reason(answer: requests.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError):
        return f"{answer.status_code} {answer.text}"
