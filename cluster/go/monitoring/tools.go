//go:build tools

// Package monitoring pins Prometheus and what tells it about nodes. What else
// belongs to them needs an older version of a library that Prometheus asks for,
// and has families of its own.
package monitoring

import (
	_ "github.com/prometheus/node_exporter"
	_ "github.com/prometheus/prometheus/cmd/prometheus"
	_ "github.com/prometheus/prometheus/cmd/promtool"
)
