//go:build tools

// Package monitoring pins what watches the cluster and its models: Prometheus
// and what it scrapes. All but node_exporter stand on one client-go, which they
// share one module graph for.
package monitoring

import (
	_ "github.com/prometheus-operator/prometheus-operator/cmd/prometheus-config-reloader"
	_ "github.com/prometheus/alertmanager/cmd/amtool"
	_ "github.com/prometheus/node_exporter"
	_ "github.com/prometheus/prometheus/cmd/prometheus"
	_ "github.com/prometheus/prometheus/cmd/promtool"
	_ "k8s.io/kube-state-metrics/v2"
)
