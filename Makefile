# build leaves bin/xmpprig; test needs root (or sudo) once, to install the servers that it drives.
.PHONY: build demo test race bench lint

build:
	CGO_ENABLED=0 go build -trimpath -buildvcs=$$(git rev-parse HEAD >/dev/null 2>&1 && echo true || echo false) -o bin/xmpprig ./cmd/xmpprig

# Exit code 12 says that this machine was too busy to measure with; it is shown, and no failure of the demonstration.
demo: build
	bin/xmpprig run --sessions 2000 --duration 15s --tls starttls --mechanism SCRAM-SHA-256 chat || [ $$? -eq 12 ]

# One package at a time: tests that measure must not disturb each other.
test:
	[ -n "$$XMPPRIG_SKIP_SERVERS" ] || .ci/install-servers || { echo "make test: run as root, install prosody and ejabberd by hand, or leave them out: XMPPRIG_SKIP_SERVERS=prosody,ejabberd make test" >&2; exit 1; }
	go vet ./...
	go test -p 1 -timeout 30m ./...

# Where goroutines meet. Real servers would only make it slower.
race:
	XMPPRIG_SKIP_SERVERS=prosody,ejabberd go test -race -p 1 -timeout 60m ./loadgen ./loadgen/loopback ./loadgen/xmpp ./results

bench:
	go test -p 1 -run '^$$' -bench . -benchtime 300ms ./...

lint:
	test -z "$$(gofmt -l . | tee /dev/stderr)"
	go vet ./...
	go test -count 1 -run TestArchitecture ./cmd/xmpprig
