// Package scenarios is the scenario language: it parses, checks, prints and ships scenario files.
package scenarios
