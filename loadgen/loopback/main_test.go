package loopback

import (
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
)

// childEnv makes the test binary a server with the defect that it names, for defects that end the process.
const childEnv = "XMPPRIG_TEST_DEFECT"

func TestMain(m *testing.M) {
	if name, ok := os.LookupEnv(childEnv); ok {
		os.Exit(serveChild(name))
	}
	os.Exit(m.Run())
}

// serveChild tells its address and serves until its input ends.
func serveChild(defect string) int {
	o := Options{Users: UserPattern("user{n}", "pw{n}", 0), PlainWithoutTLS: true, Log: os.Stderr}
	if defect != "" {
		o.Defects = []string{defect}
	}
	s, err := New(o)
	if err == nil {
		err = s.Listen("127.0.0.1:0")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(s.Addr())
	_, err = io.Copy(io.Discard, os.Stdin)
	if err := errors.Join(err, s.Close()); err != nil {
		return 1
	}
	return 0
}
