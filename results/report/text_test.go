package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"xmpprig/results"
)

var update = flag.Bool("update", false, "write the golden files anew")

// records are the whole and the degenerate records that every view must show.
var records = map[string]func() *results.Record{
	"whole": sample, "empty": emptyRecord, "one": func() *results.Record { return shortRecord(1) },
	"three": func() *results.Record { return shortRecord(3) }, "failed": failedRecord, "killed": killedRecord, "limited": limitedRecord,
}

func TestTextGolden(t *testing.T) {
	for name, make := range records {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := Text(&got, make()); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("text differs from %s; got\n%s", golden, got.Bytes())
			}
			for l := range strings.Lines(got.String()) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(l, "\n")); n > textWidth {
					t.Errorf("line of %d columns: %s", n, l)
				}
			}
		})
	}
}
