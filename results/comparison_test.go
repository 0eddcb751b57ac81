package results

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestComparisonIsReadAsItWasWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	c := &Comparison{Paired: true, Alpha: .05, Base: Side{Name: "a\u202e\x1b[2J\xff", Records: []string{"x"}}, Left: []string{"y"},
		Metrics: []Compared{{Metric: "ping p50 in steady", Unit: "ns", Base: []float64{1, 2.5}, Head: []float64{3}, Effect: -.02, P: 1e-9, Verdict: Improvement}},
		Shift:   []Shift{{Percentile: 99.9, BaseNS: 1, HeadNS: 2}}, Verdict: Outcome{Status: Regression, ExitCode: ExitRegression, Reasons: []string{"z"}}}
	if err := WriteComparison(dir, c); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, ComparisonFile))
	if err != nil || strings.ContainsAny(string(text), "\x1b\u202e") || strings.Contains(string(text), "null") {
		t.Errorf("%v:\n%s", err, text)
	}
	got, err := ReadComparison(dir)
	if err != nil {
		t.Fatal(err)
	}
	c.Base.Name = strings.ToValidUTF8(c.Base.Name, "\uFFFD")
	if want := c.Listed(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if c.Schema != 0 || c.Head.Records != nil {
		t.Error("what was written was changed")
	}
}

func TestNoComparison(t *testing.T) {
	var absent *AbsentError
	var newer *NewerError
	var format *FormatError
	for text, want := range map[string]any{
		"": &format, "[]": &format, `{"schema":1`: &format, `{}`: &format, `{"schema":2}`: &newer, `{"schema":-1}`: &format, `{"schema":1,"alpha":NaN}`: &format,
		`{"schema":1,"alpha":1e999}`: &format, `{"schema":1,"metrics":{}}`: &format, `{"schema":1,"metrics":[{"base":["x"]}]}`: &format,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, ComparisonFile), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if c, err := ReadComparison(dir); !errors.As(err, want) {
			t.Errorf("%s: %+v, %v", text, c, err)
		}
	}
	if _, err := ReadComparison(t.TempDir()); !errors.As(err, &absent) {
		t.Error(err)
	}
}

func TestNoiseIsWritten(t *testing.T) {
	var b strings.Builder
	if err := EncodeObject(&b, (&Noise{Wanted: .05}).Listed()); err != nil || strings.Contains(b.String(), "null") || !strings.Contains(b.String(), `"schema": 1`) {
		t.Errorf("%v:\n%s", err, &b)
	}
}

// TestSidesAreRead reads the comparisons of all sides, and none where there is none.
func TestSidesAreRead(t *testing.T) {
	dir := t.TempDir()
	var absent *AbsentError
	if _, err := ReadSides(dir); !errors.As(err, &absent) {
		t.Error(err)
	}
	for n := 1; n <= 3; n++ {
		if err := WriteComparison(filepath.Join(dir, SideDir(n)), &Comparison{Head: Side{Name: SideDir(n)}}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := ReadSides(dir)
	if err != nil || len(all) != 3 || all[2].Head.Name != "other-3" {
		t.Errorf("%d sides, %v", len(all), err)
	}
	if err := os.WriteFile(filepath.Join(dir, SideDir(2), ComparisonFile), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSides(dir); err == nil {
		t.Error("what is no comparison is read")
	}
}
