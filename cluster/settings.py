"""The names and addresses of the one cluster that this package makes."""

from cluster import catalog
from devkit import versions

CLUSTER = "model-serving"
NODE_IMAGE = catalog.load().tagged("docker.io/kindest/node")
KUBERNETES_VERSION = f"v{versions.get('kubernetes')}"

REGISTRY = f"{CLUSTER}-registry"
REGISTRY_IMAGE = catalog.load().tagged("docker.io/library/registry")
REGISTRY_PORT = 5001
# The same text names the registry on this machine and on the nodes.
REGISTRY_ADDRESS = f"localhost:{REGISTRY_PORT}"
# Its files outlive the cluster, so that only changed layers move into the next one.
REGISTRY_VOLUME = REGISTRY
# The network that kind puts its nodes on.
NETWORK = "kind"

METRICS_SERVER_IMAGE = catalog.load().tagged("registry.k8s.io/metrics-server/metrics-server")
