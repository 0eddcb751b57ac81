//go:build gofuzz

package corpus

import "embed"

// files is empty: go-fuzz-build cannot build a package with a pattern of files in it.
var files embed.FS
