module cluster/go/crds

go 1.26.0

// Nothing of these is compiled: files are taken out of them. No package is imported, so `go mod tidy` would drop them.
// A newer one: `go mod edit -require MODULE@VERSION`, then `go mod download`, which writes go.sum.
require (
	github.com/argoproj/argo-rollouts v1.9.1
	github.com/fluxcd/flagger v1.44.0
	github.com/kedacore/keda/v2 v2.21.0
	github.com/prometheus-operator/prometheus-operator v0.85.0
	sigs.k8s.io/gateway-api v1.6.3
)
