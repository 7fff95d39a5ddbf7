//go:build tools

// Package prometheusadapter pins what turns series of Prometheus into metrics
// that an autoscaler asks for. Its newest release does not compile with the
// Kubernetes libraries of the other families, so it has a graph of its own.
package prometheusadapter

import _ "sigs.k8s.io/prometheus-adapter/cmd/adapter"
