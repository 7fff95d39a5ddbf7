//go:build tools

// Package etcd pins the control plane's store.
package etcd

import _ "go.etcd.io/etcd/server/v3"
