# build leaves bin/xmpprig; test needs root (or sudo) once, to install the servers that it drives.
.PHONY: build demo test race exam bench lint fuzz-native gofuzz

build:
	CGO_ENABLED=0 go build -trimpath -buildvcs=$$(git rev-parse HEAD >/dev/null 2>&1 && echo true || echo false) -o bin/xmpprig ./cmd/xmpprig

# Thousands of sessions chat while the fuzzer searches a server with four planted defects. Exit code 15 says
# that it found some, 12 that this machine was too busy to measure with; both are shown, and no failure of the demonstration.
demo: build
	bin/xmpprig fuzz --under chat --sessions 2000 --rate 300/s --time 20s $(addprefix --defect ,nested-stanza-routed unexpected-result-crash iq-unanswered authzid-takeover) || { code=$$?; [ $$code -eq 15 ] || [ $$code -eq 12 ]; }

# One package at a time: tests that measure must not disturb each other. Those that run in parallel within one wait for servers most of
# the time, so there are more at once than processors. go vet has looked at the tests already.
test:
	[ -n "$$XMPPRIG_SKIP_SERVERS" ] || .ci/install-servers || { echo "make test: run as root, install prosody, ejabberd, jabberd2 and sqlite3 by hand, or leave them out: XMPPRIG_SKIP_SERVERS=prosody,ejabberd,jabberd2 make test" >&2; exit 1; }
	go vet ./...
	go test -vet=off -p 1 -parallel 4 -timeout 30m ./...

# Where goroutines meet. Real servers would only make it slower.
race:
	XMPPRIG_SKIP_SERVERS=prosody,ejabberd,jabberd2 go test -race -p 1 -timeout 60m ./loadgen ./loadgen/loopback ./loadgen/xmpp ./results

# The fuzzer looks for every planted defect, a minute each at the most, and for ten minutes for any on the clean server. Comparisons of
# nothing and of something are simulated by the thousand, and made with live runs.
exam:
	go test -count 1 -run 'TestExam|TestNoiseRecommends|TestLooksKeep' -v ./results/compare -args -exam.compare 2000
	go test -count 1 -timeout 1h -run TestExamOfComparisons -v ./cmd/xmpprig -args -exam.compare 24
	go test -count 1 -run TestExam -v ./results/trend -args -exam.trend 1000
	go test -count 1 -timeout 90m -run TestCapacityExam -v ./cmd/xmpprig -args -exam.capacity 10 -exam.trial 5s
	go test -count 1 -timeout 3h -parallel 2 -run 'TestExam|TestCleanServer' -v ./fuzz -args -exam.all -exam.shrink 4s -exam.seconds 60 -exam.clean 600

bench:
	go test -p 1 -run '^$$' -bench . -benchtime 300ms ./...

lint:
	test -z "$$(gofmt -l . | tee /dev/stderr)"
	go vet ./...
	go test -count 1 -run TestArchitecture ./cmd/xmpprig

# A target of fuzz/inproc with the engine of go test: make fuzz-native TARGET=FuzzClient TIME=30s
# Inputs are made smaller only a little: where coverage is not the same every time, that would take all the time there is.
TIME = 30s
fuzz-native:
	go test ./fuzz/inproc -run '^$$' -fuzz '^$(TARGET)$$' -fuzztime $(TIME) -fuzzminimizetime 200x

# The same with go-fuzz; without TARGET it lists them.
gofuzz:
	go run ./fuzz/inproc/gofuzz -time $(TIME) $(TARGET)
