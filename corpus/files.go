//go:build !gofuzz

package corpus

import "embed"

//go:embed rows/*.xp seeds/*.xp regress/*.xp dict/*.txt
var files embed.FS
