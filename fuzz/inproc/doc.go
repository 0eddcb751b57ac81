// Package inproc fuzzes codecs and parsers in the process that runs them: ours, and those of Go XMPP libraries that others
// serve with. There is nothing to start and nothing to wait for, and the engine sees which code an input reaches.
//
// Every target is one function, driven in three ways:
//
//	make fuzz-native TARGET=FuzzClient TIME=30s   # go test -fuzz: fastest
//	make gofuzz TARGET=FuzzClient TIME=30s        # go-fuzz: also solves comparisons with literals
//	go test ./fuzz/inproc                         # seeds, and all that was ever found
//
// A target takes bytes, panics with a constant text when a property is broken, and returns 1 for input that is worth more
// mutation, 0 for other and -1 for input that should not be kept. The text is constant because go-fuzz tells crashers apart
// by it. Targets lists them with the properties they hold.
//
// What an engine finds in our code is a file in testdata/fuzz, fails the tests, and is mended. What it finds in the code of
// others is a finding: testdata/findings has its input, and the tests hold that it still panics as it did.
package inproc
