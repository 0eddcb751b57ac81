package corpus

import (
	"fmt"
	"strconv"
	"strings"
)

// Dictionaries returns the names of the dictionaries: sets of words of one kind that mutants are made of.
func Dictionaries() []string {
	return []string{"addresses", "attributes", "bytes", "elements", "mechanisms", "namespaces", "numbers", "texts", "values"}
}

// Dictionary returns the words of a dictionary, in the order of its file. Each is a template of package fuzz/program, such as
// {1023*a}@{domain}, and what it becomes are bytes: not all are UTF-8, nor fit for XML.
func Dictionary(name string) (words []string, err error) {
	text, err := files.ReadFile("dict/" + name + ".txt")
	if err != nil {
		return nil, fmt.Errorf("read the dictionary %q: %w", name, err)
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == "" || strings.HasPrefix(line, "# "):
		case line[0] == '"':
			word, err := strconv.Unquote(line)
			if err != nil {
				return nil, fmt.Errorf("dict/%s.txt:%d:1: the word is not quoted as Go does", name, n)
			}
			words = append(words, word)
		default:
			words = append(words, line)
		}
	}
	return words, nil
}
