//go:build tools

// Package mesh pins Istio: what reads its objects, what starts Envoy, and what
// looks through them offline.
package mesh

import (
	_ "istio.io/istio/istioctl/cmd/istioctl"
	_ "istio.io/istio/pilot/cmd/pilot-agent"
	_ "istio.io/istio/pilot/cmd/pilot-discovery"
)
