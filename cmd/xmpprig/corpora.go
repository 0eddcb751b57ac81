package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"xmpprig/corpus"
	"xmpprig/fuzz"
	"xmpprig/fuzz/program"
	"xmpprig/results"
	"xmpprig/results/report"
)

func corpusCommand() command {
	return command{
		name: "corpus", args: "list | add DIR FILE… | merge DIR FROM…", summary: "list the shipped programs, add to a directory of programs, merge directories",
		long: `
list names every program that is shipped. add checks programs and puts them
into DIR under names made of their content. merge plays all programs of the
directories FROM on a server and puts a smallest set into DIR that shows every
edge (state, input, answer) that all of them show; the records of campaigns
have such directories, corpus/.`,
		setup: func(f *pflag.FlagSet) func(context.Context, []string, *ui) error {
			p := &probing{}
			p.declare(f, campaignPatience)
			return func(ctx context.Context, args []string, ui *ui) error {
				if err := p.check(); err != nil {
					return err
				}
				if f.NFlag() > 0 && len(args) > 0 && args[0] != "merge" {
					return &usageError{"the flags are of merge, which asks a server", "leave them out"}
				}
				switch {
				case len(args) == 1 && args[0] == "list":
					return listCorpus(ui)
				case len(args) >= 3 && args[0] == "add":
					return addToCorpus(args[1], args[2:], ui)
				case len(args) >= 3 && args[0] == "merge":
					return mergeCorpora(ctx, p, args[1], args[2:], ui)
				}
				return &usageError{"corpus needs: list, add DIR FILE…, or merge DIR FROM…", "xmpprig corpus --help"}
			}
		},
	}
}

func listCorpus(ui *ui) error {
	entries, err := corpus.All()
	if err != nil {
		return err
	}
	programs, err := parseEntries(entries)
	if err != nil {
		return err
	}
	for _, p := range programs {
		if _, err := fmt.Fprintf(ui.out, "%-34s %-14s %s\n", p.Name(), p.State, p.Title); err != nil {
			return err
		}
	}
	return nil
}

// addToCorpus adds files, all or none.
func addToCorpus(dir string, files []string, ui *ui) error {
	var texts [][]byte
	var errs []error
	for _, file := range files {
		text, err := corpus.ReadFile(file)
		if err == nil {
			_, err = program.Parse(file, text)
		}
		texts, errs = append(texts, text), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return &exitError{results.ExitConfig, err}
	}
	for _, text := range texts {
		path, err := corpus.Add(dir, text)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(ui.out, path); err != nil {
			return err
		}
	}
	return nil
}

// mergeCorpora plays everything once, and keeps what covers the edges.
func mergeCorpora(ctx context.Context, p *probing, dir string, from []string, ui *ui) error {
	var entries []corpus.Entry
	var errs []error
	for _, d := range from {
		all, err := corpus.ReadDir(d)
		entries, errs = append(entries, all...), append(errs, err)
	}
	programs, err := parseEntries(entries)
	if err := errors.Join(append(errs, err)...); err != nil {
		return &exitError{results.ExitConfig, err}
	}
	ctx, signals := catchSignals(ctx, ui)
	defer signals.stop()
	edges, err := edgesOf(ctx, p, programs, ui)
	if cause, ok := errors.AsType[stopped](context.Cause(ctx)); ok {
		return &exitError{cause.code, cause}
	}
	if err != nil {
		return p.setupError(err)
	}
	byHash := map[string][]string{}
	for i, e := range entries {
		byHash[e.Hash] = edges[i]
	}
	kept := corpus.Cover(entries, func(e corpus.Entry) []string { return byHash[e.Hash] })
	for _, e := range kept {
		if _, err := corpus.Add(dir, e.Text); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(ui.out, "%d of %d programs show all %d edges: %s\n", len(kept), len(entries), distinct(edges), report.Visible(dir))
	return err
}

// edgesOf plays the programs and returns what each shows.
func edgesOf(ctx context.Context, p *probing, programs []*program.Program, ui *ui) ([][]string, error) {
	users := p.users(1, 0)
	srv, err := p.start(ctx, users, 64, ui)
	if err != nil {
		return nil, err
	}
	defer p.stop(srv, ui)
	site := p.site(srv, users)
	site.Glance = campaignGlance
	return fuzz.Edges(ctx, srv, site, programs)
}

func distinct(edges [][]string) int {
	seen := map[string]bool{}
	for _, list := range edges {
		for _, e := range list {
			seen[e] = true
		}
	}
	return len(seen)
}
