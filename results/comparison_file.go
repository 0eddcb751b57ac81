package results

import (
	"errors"
	"fmt"
	"path/filepath"
)

// ComparisonFile holds a Comparison.
const ComparisonFile = "comparison.json"

// ComparisonSchema is the version of Comparison and of Noise. Additions keep it; a change of meaning raises it.
const ComparisonSchema = 1

// WriteComparison writes comparison.json into dir at one stroke. Its Schema is set, and its lists are never null.
func WriteComparison(dir string, c *Comparison) error {
	return writeObject(dir, ComparisonFile, c.Listed())
}

// ReadComparison reads comparison.json of dir. Its errors are as those of ReadCampaign, and the file may come from anywhere.
func ReadComparison(dir string) (*Comparison, error) {
	c := &Comparison{}
	if err := readObject(dir, ComparisonFile, ComparisonSchema, c); err != nil {
		return nil, err
	}
	return c, nil
}

// SideDir is the directory of side n of several below the record that they share; the base is 0.
func SideDir(n int) string {
	if n == 0 {
		return "base"
	}
	return fmt.Sprintf("other-%d", n)
}

// mostSides is how many comparisons of one record are read.
const mostSides = 1000

// ReadSides reads the comparisons with one base that lie in the directories of the sides below dir. Where there is none the error is an
// *AbsentError, as are those of ReadCampaign else.
func ReadSides(dir string) ([]*Comparison, error) {
	var all []*Comparison
	for n := 1; n <= mostSides; n++ {
		c, err := ReadComparison(filepath.Join(dir, SideDir(n)))
		if _, absent := errors.AsType[*AbsentError](err); absent && len(all) > 0 {
			break
		}
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// Listed is the comparison as it is written: with its Schema, and no list null.
func (c *Comparison) Listed() *Comparison {
	l := *c
	l.Schema = ComparisonSchema
	orEmpty(&l.Metrics)
	orEmpty(&l.Verdict.Reasons)
	orEmpty(&l.Base.Records)
	orEmpty(&l.Head.Records)
	return &l
}

// Listed is the noise as it is written: with its Schema, and no list null.
func (n *Noise) Listed() *Noise {
	l := *n
	l.Schema = ComparisonSchema
	orEmpty(&l.Metrics)
	orEmpty(&l.Runs.Records)
	return &l
}
