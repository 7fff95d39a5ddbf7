//go:build tools

// Package objectstore pins an object store that speaks S3, for tests.
package objectstore

import _ "github.com/versity/versitygw/cmd/versitygw"
