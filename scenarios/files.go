//go:build !gofuzz

package scenarios

import "embed"

//go:embed shipped/*.yaml
var files embed.FS
