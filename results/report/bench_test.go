package report

import "testing"

// BenchmarkFiles makes the page and all pictures of a run of 95 s.
func BenchmarkFiles(b *testing.B) {
	r := sample(b)
	dir := b.TempDir()
	for b.Loop() {
		if err := Files(dir, r); err != nil {
			b.Fatal(err)
		}
	}
}
