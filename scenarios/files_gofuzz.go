//go:build gofuzz

package scenarios

import "embed"

// files is empty: go-fuzz-build cannot build a package with a pattern of files in it.
var files embed.FS
