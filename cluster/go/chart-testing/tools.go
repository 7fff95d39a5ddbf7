//go:build tools

// Package charttesting pins `ct`, the chart linter.
package charttesting

import _ "github.com/helm/chart-testing/v3/ct"
