// Package results records a run and reads it back.
package results
