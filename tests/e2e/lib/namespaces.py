"""One namespace for each module: created fresh, and deleted without waiting."""

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
    """Return the namespace of a test module."""
    return PREFIX + module.stem.removeprefix("test_").replace("_", "-")


def make(cluster: Cluster, client: ApiClient, name: str, labels: Mapping[str, str] = RESTRICTED) -> None:
    """Create the namespace, by default with Pod Security ``restricted``, instead of the one a killed run left."""
    delete(client, name)
    wait_until_gone(client, name)
    _, created = ensure_namespace_exists(cluster.kube_client, name, {"labels": dict(labels)})
    assert created, f"the namespace {name} is used by another run"
    core = CoreV1Api(client)
    # Pods are rejected until these exist, and they are not part of a release.
    until("the namespace has its service account", lambda: core.list_namespaced_service_account(name).items, 30)
    until("the namespace has its certificates", lambda: core.list_namespaced_config_map(name).items, 30)


def delete(client: ApiClient, name: str) -> None:
    """Delete the namespace with all of its objects, without waiting."""
    core, apps = CoreV1Api(client), AppsV1Api(client)
    try:
        # The namespace controller looks at a namespace with pods again only after half their grace period. There is no
        # traffic any more, so kill the pods at once, and delete their owners first, so that they are not replaced.
        apps.delete_collection_namespaced_deployment(name)
        apps.delete_collection_namespaced_replica_set(name)
        core.delete_collection_namespaced_pod(name, grace_period_seconds=0)
        core.delete_namespace(name)
    except ApiException as error:
        # It does not exist, or is terminating already.
        if error.status not in (404, 409):
            raise


def wait_until_gone(client: ApiClient, prefix: str) -> None:
    """Wait until all namespaces with that name or prefix are gone, and the volumes that were claimed in them."""
    core: Any = CoreV1Api(client)

    def all_gone() -> bool:
        names = [item.metadata.name for item in core.list_namespace().items]
        claims = [item.spec.claim_ref for item in core.list_persistent_volume().items]
        left = [name for name in names if name.startswith(prefix)]
        left += [f"volume of {claim.namespace}" for claim in claims if claim and claim.namespace.startswith(prefix)]
        assert not left, left
        return True

    until(f"all namespaces {prefix} are gone", all_gone, GONE_SECONDS)
