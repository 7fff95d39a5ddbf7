//go:build tools

// Package alertmanager pins Alertmanager and its command-line client. It is not
// compiled with the newest version of a library that Prometheus asks for, so it
// has a module graph of its own.
package alertmanager

import (
	_ "github.com/prometheus/alertmanager/cmd/alertmanager"
	_ "github.com/prometheus/alertmanager/cmd/amtool"
)
