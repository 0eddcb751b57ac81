package scenarios

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"testing"
)

var positions = regexp.MustCompile(`"Pos":\{"Line":\d+,"Column":\d+\}`)

// model returns the scenario without what a file gives beside its meaning.
func model(t *testing.T, s *Scenario) string {
	t.Helper()
	c := *s
	c.Source, c.Hash = nil, ""
	b, err := json.Marshal(struct {
		*Scenario
		Types []string
	}{&c, types(s)})
	if err != nil {
		t.Fatal(err)
	}
	return positions.ReplaceAllString(string(b), "")
}

func types(s *Scenario) (names []string) {
	for _, block := range [][]Step{s.Session.Start, s.Session.Work, s.Session.Stop} {
		for step := range All(block) {
			names = append(names, reflect.TypeOf(step).String())
		}
	}
	return names
}

// roundTrip prints, parses and compares.
func roundTrip(t *testing.T, s *Scenario) {
	t.Helper()
	printed := s.Print()
	again, err := Parse("printed.yaml", printed)
	if err != nil {
		t.Fatalf("what was printed does not parse:\n%v\n%s", err, printed)
	}
	if a, b := model(t, s), model(t, again); a != b {
		t.Fatalf("printing changed the scenario\nfrom %s\nto   %s\nas\n%s", a, b, printed)
	}
	if twice := again.Print(); string(twice) != string(printed) {
		t.Fatalf("printing is not stable:\n%s\nthen\n%s", printed, twice)
	}
}

func everything(t testing.TB) []byte {
	t.Helper()
	src, err := os.ReadFile("testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func TestPrintParse(t *testing.T) {
	s, err := Parse("everything.yaml", everything(t))
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, s)
	for _, shipped := range Shipped() {
		s, err := Read(shipped.Name)
		if err != nil {
			t.Fatal(err)
		}
		roundTrip(t, s)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(everything(f))
	for _, name := range shippedNames() {
		src, err := files.ReadFile("shipped/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	for _, src := range hostile() {
		if len(src) < 10_000 { // larger ones are for TestHostile
			f.Add([]byte(src))
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		s, err := Parse("fuzz.yaml", src)
		if err != nil {
			if list, ok := err.(Errors); !ok || len(list) == 0 || list.Error() == "" {
				t.Fatalf("the error is %T: %v", err, err)
			}
			return
		}
		roundTrip(t, s)
		s.Plan()
	})
}
