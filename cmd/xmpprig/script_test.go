package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary be xmpprig where scripts and transcripts run it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"xmpprig": main})
}

// TestScripts runs the command line as its users do. The commands that the
// scripts know beside those of testscript are in jobs_test.go.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"begin":   begin,
			"signal":  signalJob,
			"ended":   ended,
			"await":   await,
			"address": address,
			"json":    jsonHolds,
			"same":    same,
			"finding": findingOf,
			"smaller": smaller,
			"hostile": hostileFile,
			"resumed": resumed,
			"suspect": suspect,
			"plant":   plantHistory,
		},
		Setup: func(e *testscript.Env) error {
			e.Values[jobsKey{}] = map[string]*job{}
			// Runs that are over in seconds; what they measure is not judged.
			e.Setenv("QUICK", "--plots=false --progress=none --warm-up=0s --duration=1s --sessions=8 --rate=40/s")
			// And some that are to be compared: delays of a tenth of a second hide what a busy machine adds.
			e.Setenv("FEW", "--plots=false --progress=none --warm-up=0s --duration=1s --sessions=16 --rate=40/s")
			bin, _, _ := strings.Cut(e.Getenv("PATH"), string(os.PathListSeparator))
			e.Setenv("BIN", bin) // where xmpprig is, alone
			return nil
		},
		// A real server is a condition that holds unless XMPPRIG_SKIP_SERVERS names it.
		Condition: func(server string) (bool, error) {
			if server != "prosody" && server != "ejabberd" && server != "jabberd2" {
				return false, fmt.Errorf("unknown condition %q", server)
			}
			return !slices.Contains(strings.Split(os.Getenv("XMPPRIG_SKIP_SERVERS"), ","), server), nil
		},
	})
}
