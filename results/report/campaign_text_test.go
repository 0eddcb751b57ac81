package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCampaignTextGolden(t *testing.T) {
	for name, make := range campaigns {
		t.Run(name, func(t *testing.T) {
			var got strings.Builder
			if err := CampaignText(&got, make()); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", "campaign-"+name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("text differs from %s; got\n%s", golden, got.String())
			}
			for l := range strings.Lines(got.String()) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(l, "\n")); n > textWidth && !strings.HasPrefix(l, "      $ ") {
					t.Errorf("line of %d columns: %s", n, l)
				}
			}
		})
	}
}
