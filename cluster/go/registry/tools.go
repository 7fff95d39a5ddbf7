//go:build tools

// Package registry pins the OCI registry that the cluster's nodes pull from.
package registry

import _ "github.com/distribution/distribution/v3/cmd/registry"
