"""Names, images and addresses of the cluster."""

from cluster import catalog
from devkit import versions

CLUSTER = "model-serving"
NODE_IMAGE = catalog.load().tagged("docker.io/kindest/node")
KUBERNETES_VERSION = f"v{versions.get('kubernetes')}"

REGISTRY = f"{CLUSTER}-registry"
REGISTRY_IMAGE = catalog.load().tagged("docker.io/library/registry")
REGISTRY_PORT = 5001
# The registry has the same address on this machine and on the nodes.
REGISTRY_ADDRESS = f"localhost:{REGISTRY_PORT}"
# The volume outlives the cluster, so that only changed layers are pushed to the next one.
REGISTRY_VOLUME = REGISTRY
# kind attaches its nodes to this network.
NETWORK = "kind"

METRICS_SERVER_IMAGE = catalog.load().tagged("registry.k8s.io/metrics-server/metrics-server")
