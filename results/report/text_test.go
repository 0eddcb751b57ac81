package report

import (
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
var records = map[string]func(testing.TB) *results.Record{
	"whole": sample, "empty": emptyRecord, "one": func(t testing.TB) *results.Record { return shortRecord(t, 1) },
	"three": func(t testing.TB) *results.Record { return shortRecord(t, 3) }, "failed": failedRecord, "busy": busyRecord, "killed": killedRecord, "limited": limitedRecord,
}

func TestTextGolden(t *testing.T) {
	for name, make := range records {
		t.Run(name, func(t *testing.T) {
			r := make(t)
			var got strings.Builder
			if err := Text(&got, r); err != nil {
				t.Fatal(err)
			}
			text := got.String()
			if r.Dir != "" {
				text = strings.ReplaceAll(text, r.Dir, "DIR")
			}
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if text != string(want) {
				t.Errorf("text differs from %s; got\n%s", golden, text)
			}
			for l := range strings.Lines(text) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(l, "\n")); n > textWidth {
					t.Errorf("line of %d columns: %s", n, l)
				}
			}
		})
	}
}
