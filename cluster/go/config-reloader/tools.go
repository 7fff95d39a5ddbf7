//go:build tools

// Package configreloader pins what tells Prometheus and Alertmanager that their
// configuration has changed.
package configreloader

import _ "github.com/prometheus-operator/prometheus-operator/cmd/prometheus-config-reloader"
