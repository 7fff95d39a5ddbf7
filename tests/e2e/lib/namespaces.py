"""One namespace a module: made fresh, ended without waiting, and waited for once at the very end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kubernetes.client import ApiClient, AppsV1Api, CoreV1Api
from kubernetes.client.exceptions import ApiException
from pytest_helm_charts.clusters import Cluster
from pytest_helm_charts.k8s.namespace import ensure_namespace_exists

from cluster.kubectl import RESTRICTED
from tests.e2e.lib.waiting import until

PREFIX = "e2e-"
GONE_SECONDS = 120


def name_for(module: Path) -> str:
    """The namespace of a test module, from its file's name."""
    return PREFIX + module.stem.removeprefix("test_").replace("_", "-")


def make(cluster: Cluster, client: ApiClient, name: str, labels: Mapping[str, str] = RESTRICTED) -> None:
    """Make the namespace, with Pod Security ``restricted`` enforced; one that a killed run left is removed first."""
    delete(client, name)
    wait_until_gone(client, name)
    _, created = ensure_namespace_exists(cluster.kube_client, name, {"labels": dict(labels)})
    assert created, f"the namespace {name} is used by another run"
    core = CoreV1Api(client)
    # Pods are refused until the cluster has put these there, and they belong to no release.
    until("the namespace has its service account", lambda: core.list_namespaced_service_account(name).items, 30)
    until("the namespace has its certificates", lambda: core.list_namespaced_config_map(name).items, 30)


def delete(client: ApiClient, name: str) -> None:
    """Ask for the end of the namespace and all that is in it."""
    core, apps = CoreV1Api(client), AppsV1Api(client)
    try:
        # A namespace with pods in it is looked at again only after half their grace period. Nobody sends requests any
        # more, so the pods end at once, and their owners before them, lest they be replaced.
        apps.delete_collection_namespaced_deployment(name)
        apps.delete_collection_namespaced_replica_set(name)
        core.delete_collection_namespaced_pod(name, grace_period_seconds=0)
        core.delete_namespace(name)
    except ApiException as error:
        # Not there, or ending already.
        if error.status not in (404, 409):
            raise


def wait_until_gone(client: ApiClient, prefix: str) -> None:
    """Wait for the end of all namespaces of that name, or with that beginning, and of the volumes claimed from them."""
    core: Any = CoreV1Api(client)

    def nothing_left() -> bool:
        names = [item.metadata.name for item in core.list_namespace().items]
        claims = [item.spec.claim_ref for item in core.list_persistent_volume().items]
        left = [name for name in names if name.startswith(prefix)]
        left += [f"volume of {claim.namespace}" for claim in claims if claim and claim.namespace.startswith(prefix)]
        assert not left, left
        return True

    until(f"nothing is left of {prefix}", nothing_left, GONE_SECONDS)
