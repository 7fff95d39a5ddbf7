"""The names and addresses of the one cluster that this package makes."""

CLUSTER = "model-serving"
NODE_IMAGE = "docker.io/kindest/node:v1.37.0"
KUBERNETES_VERSION = NODE_IMAGE.rpartition(":")[2]

REGISTRY = f"{CLUSTER}-registry"
REGISTRY_IMAGE = "docker.io/library/registry:3.1.1"
REGISTRY_PORT = 5001
# The same text names the registry on this machine and on the nodes.
REGISTRY_ADDRESS = f"localhost:{REGISTRY_PORT}"
# Its files outlive the cluster, so that only changed layers move into the next one.
REGISTRY_VOLUME = REGISTRY
# The network that kind puts its nodes on.
NETWORK = "kind"

METRICS_SERVER_IMAGE = "registry.k8s.io/metrics-server/metrics-server:v0.9.0"
