package inproc

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// nativeHead begins the files of go test -fuzz.
const nativeHead = "go test fuzz v1\n"

// ToNative returns an input of go-fuzz, which keeps plain bytes, as go test -fuzz keeps it in testdata/fuzz.
func ToNative(raw []byte) []byte {
	return fmt.Appendf(nil, "%s[]byte(%s)\n", nativeHead, strconv.Quote(string(raw)))
}

// FromNative is the inverse of ToNative. Inputs of targets that take anything but one []byte are an error.
func FromNative(file []byte) ([]byte, error) {
	body, ok := bytes.CutPrefix(file, []byte(nativeHead))
	if !ok {
		return nil, errors.New("not a file of go test -fuzz")
	}
	quoted, open := bytes.CutPrefix(bytes.TrimSpace(body), []byte("[]byte("))
	quoted, closed := bytes.CutSuffix(quoted, []byte(")"))
	raw, err := strconv.Unquote(string(quoted))
	if !open || !closed || err != nil {
		return nil, errors.New("not the input of a target that takes one []byte")
	}
	return []byte(raw), nil
}

// KnownFinding begins what a native target logs of an input that panics as a finding does.
const KnownFinding = "known finding:"
