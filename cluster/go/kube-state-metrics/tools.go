//go:build tools

// Package kubestatemetrics pins what makes series of the objects of a cluster.
package kubestatemetrics

import _ "k8s.io/kube-state-metrics/v2"
