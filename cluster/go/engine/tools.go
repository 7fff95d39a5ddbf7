//go:build tools

// Package engine pins the container engine, the runtime that it shares with the
// node image, and the client programs. They share one module graph so that
// containerd and BuildKit are compiled once.
package engine

import (
	_ "github.com/containerd/containerd/v2/cmd/containerd"
	_ "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2"
	_ "github.com/containerd/containerd/v2/cmd/ctr"
	_ "github.com/docker/buildx/cmd/buildx"
	_ "github.com/docker/cli/cmd/docker"
	_ "github.com/moby/moby/v2/cmd/dockerd"
	_ "github.com/opencontainers/runc"
)
