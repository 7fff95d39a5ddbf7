//go:build tools

// Package kubernetes pins the programs that stand on the Kubernetes libraries:
// the node's and the control plane's, and the tools that talk to them. They
// share one module graph so that these libraries are compiled once.
package kubernetes

import (
	_ "github.com/rancher/local-path-provisioner"
	_ "helm.sh/helm/v4/cmd/helm"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
	_ "k8s.io/kubernetes/cmd/kube-proxy"
	_ "k8s.io/kubernetes/cmd/kube-scheduler"
	_ "k8s.io/kubernetes/cmd/kubeadm"
	_ "k8s.io/kubernetes/cmd/kubectl"
	_ "k8s.io/kubernetes/cmd/kubelet"
	_ "sigs.k8s.io/kind"
	_ "sigs.k8s.io/metrics-server/cmd/metrics-server"
)
