package main

import (
	"github.com/spf13/pflag"

	"xmpprig/results"
)

// labelling is the flag for what is said of a run.
type labelling struct {
	given  []string
	labels results.Labels
}

func (l *labelling) declare(f *pflag.FlagSet) {
	f.StringArrayVar(&l.given, "label", nil, "`KEY=VALUE` to keep in the record, such as commit=abc123; may be given several times")
}

func (l *labelling) check() (err error) {
	if l.labels, err = results.ParseLabels(l.given); err != nil {
		return &usageError{"--label: " + err.Error(), "for example --label commit=abc123 --label branch=main"}
	}
	return nil
}
