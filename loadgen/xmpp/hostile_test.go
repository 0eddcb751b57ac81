package xmpp

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"xmpprig/loadgen/xmpp/wire"
)

// cut returns the lines of a script up to the n-th of the server's, that not included.
func cut(script []line, n int) []line {
	for i, l := range script {
		if !l.client {
			if n == 0 {
				return script[:i]
			}
			n--
		}
	}
	return nil
}

// floods are what a hostile peer sends without end.
var floods = []struct {
	name string
	next func(r *rand.Rand, b []byte) []byte
}{
	{"random bytes", func(r *rand.Rand, b []byte) []byte {
		for len(b) < 4096 {
			b = append(b, byte(r.Uint32()))
		}
		return b
	}},
	{"random text", func(r *rand.Rand, b []byte) []byte {
		for len(b) < 4096 {
			b = append(b, " <>/='\"&;!?[]-abcx:"[r.IntN(19)])
		}
		return b
	}},
	{"features", func(_ *rand.Rand, b []byte) []byte {
		return append(b, strings.Repeat("<stream:features/>", 100)...)
	}},
	{"endless element", func(_ *rand.Rand, b []byte) []byte { return append(b, strings.Repeat("<a>", 1000)...) }},
	{"endless text", func(_ *rand.Rand, b []byte) []byte { return append(b, "<a>"+strings.Repeat("x", 4096)...) }},
	{"white space", func(_ *rand.Rand, b []byte) []byte { return append(b, strings.Repeat(" ", 4096)...) }},
	{"messages", func(_ *rand.Rand, b []byte) []byte { return append(b, strings.Repeat("<message/>", 400)...) }},
	{"pings", func(_ *rand.Rand, b []byte) []byte {
		return append(b, strings.Repeat("<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>", 80)...)
	}},
	{"challenges", func(_ *rand.Rand, b []byte) []byte {
		return append(b, strings.Repeat("<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>cj0=</challenge>", 60)...)
	}},
	{"nothing", func(*rand.Rand, []byte) []byte { return nil }},
}

// flood is how many bytes come: 10 MiB, or with -short one.
func flood() int {
	if testing.Short() {
		return 1 << 20
	}
	return 10 << 20
}

// TestHostile has the peer follow the protocol up to some point and then flood:
// the client must end with an error, and soon, and hold little.
func TestHostile(t *testing.T) {
	most := flood()
	script := loadScript(t, "scram-sha-256")
	for point := range 7 {
		for _, f := range floods {
			t.Run(f.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					dial, wait := peer(t, func(c net.Conn) error {
						if err := play(c, cut(script, point)); err != nil {
							return err
						}
						r := rand.New(rand.NewPCG(1, uint64(point)))
						go io.Copy(io.Discard, c)
						for sent := 0; sent < most; {
							b := f.next(r, nil)
							if b == nil {
								io.Copy(io.Discard, c)
								return nil
							}
							n, err := c.Write(b)
							if sent += n; err != nil {
								return nil
							}
						}
						return nil
					})
					ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
					defer cancel()
					d := &Dialer{Dial: dial, Domain: "example.com", nonce: func() string { return "rOprNGfwEbeRWgbNEkqO" }}
					before := allocated()
					_, _, err := d.Login(ctx, Account{Local: "user", Password: "pencil", Resource: "r"}, nil)
					if spent := allocated() - before; spent > 64<<20 {
						t.Errorf("point %d: allocated %d bytes", point, spent)
					}
					if played := wait(); played != nil {
						t.Fatal(played)
					}
					if _, ok := errors.AsType[*LoginError](err); !ok {
						t.Fatalf("point %d: error %v", point, err)
					}
					if f.name == "nothing" && !errors.Is(err, context.DeadlineExceeded) {
						t.Fatalf("point %d: error %v", point, err)
					}
				})
			})
		}
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestHostileSession floods a session that is bound.
func TestHostileSession(t *testing.T) {
	most := flood()
	for _, f := range floods[:len(floods)-1] {
		forModes(t, func(c net.Conn) {
			r := rand.New(rand.NewPCG(2, 2))
			done := make(chan struct{})
			go func() {
				defer close(done)
				io.Copy(io.Discard, c)
			}()
			for sent := 0; sent < most; {
				n, err := c.Write(f.next(r, nil))
				if sent += n; err != nil {
					break
				}
			}
			rawEnd(c).(*net.TCPConn).CloseWrite()
			<-done
		}, func(t *testing.T, c *Conn) {
			if _, err := ids(c, 1<<30); err == nil {
				t.Fatal("no error")
			}
			if held := c.scanner.Pending(); held > wire.DefaultLimits().Bytes {
				t.Fatalf("%d bytes held", held)
			}
			c.Abort()
		})
	}
}

// TestHostileSCRAM gives wrong answers of the right form.
func TestHostileSCRAM(t *testing.T) {
	const nonce = "rOprNGfwEbeRWgbNEkqO"
	const first = "r=" + nonce + "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i="
	challenge := func(s string) answerSASL { return answerSASL{"challenge", s} }
	success := func(s string) answerSASL { return answerSASL{"success", s} }
	for _, c := range []struct {
		name    string
		dialer  *Dialer
		answers []answerSASL
		want    error
	}{
		{"success at once", nil, []answerSASL{success("")}, EarlySuccess},
		{"signature at once", nil, []answerSASL{success("v=AAAA")}, EarlySuccess},
		{"success without signature", nil, []answerSASL{challenge(first + "4096"), success("")}, EarlySuccess},
		{"wrong signature", nil, []answerSASL{challenge(first + "4096"), success("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")}, BadSignature},
		{"short signature", nil, []answerSASL{challenge(first + "4096"), success("v=")}, BadSignature},
		{"signature not base64", nil, []answerSASL{challenge(first + "4096"), success("v=!")}, BadChallenge},
		{"no signature", nil, []answerSASL{challenge(first + "4096"), success("x=AAAA")}, BadChallenge},
		{"server error", nil, []answerSASL{challenge(first + "4096"), success("e=other-error")}, SCRAMError{"other-error"}},
		{"nonce not extended", nil, []answerSASL{challenge("r=" + nonce + ",s=QSXCR+Q6sek8bf92,i=4096")}, BadNonce},
		{"other nonce", nil, []answerSASL{challenge("r=x" + nonce + ",s=QSXCR+Q6sek8bf92,i=4096")}, BadNonce},
		{"unprintable nonce", nil, []answerSASL{challenge("r=" + nonce + "\x00,s=QSXCR+Q6sek8bf92,i=4096")}, BadChallenge},
		{"mandatory extension", nil, []answerSASL{challenge("m=x," + first + "4096")}, BadExtension},
		{"huge count", nil, []answerSASL{challenge(first + "1000001")}, IterationError{1000001, 1, 1000000}},
		{"count beyond int", nil, []answerSASL{challenge(first + "99999999999999999999999")}, IterationError{1<<63 - 1, 1, 1000000}},
		{"low count", &Dialer{MinIterations: 4096}, []answerSASL{challenge(first + "4095")}, IterationError{4095, 4096, 1000000}},
		{"high count", &Dialer{MaxIterations: 4096}, []answerSASL{challenge(first + "4097")}, IterationError{4097, 1, 4096}},
		{"zero count", nil, []answerSASL{challenge(first + "0")}, BadChallenge},
		{"negative count", nil, []answerSASL{challenge(first + "-1")}, BadChallenge},
		{"no count", nil, []answerSASL{challenge(first)}, BadChallenge},
		{"count not a number", nil, []answerSASL{challenge(first + "4096x")}, BadChallenge},
		{"no salt", nil, []answerSASL{challenge("r=" + nonce + "x,s=,i=4096")}, BadChallenge},
		{"salt not base64", nil, []answerSASL{challenge("r=" + nonce + "x,s=!,i=4096")}, BadChallenge},
		{"order", nil, []answerSASL{challenge("s=QSXCR+Q6sek8bf92,r=" + nonce + "x,i=4096")}, BadChallenge},
		{"empty challenge", nil, []answerSASL{challenge("")}, BadChallenge},
		{"challenge after signature", nil, []answerSASL{challenge(first + "1"), challenge("")}, BadChallenge},
		{"refusal", nil, []answerSASL{{"failure", ""}}, &SASLError{"SCRAM-SHA-256", "undefined-condition", ""}},
		{"another element", nil, []answerSASL{{"proceed", ""}}, UnexpectedAnswer},
		{"data not base64", nil, []answerSASL{{"challenge", "raw:!"}}, BadEncoding},
		{"line end in data", nil, []answerSASL{{"challenge", "raw:cj0\n="}}, BadEncoding},
		{"space around data", nil, []answerSASL{{"challenge", "raw: cj0= "}}, BadEncoding},
		{"line end in salt", nil, []answerSASL{challenge("r=" + nonce + "x,s=QSXC\nR+Q6sek8bf92,i=4096")}, BadChallenge},
		{"line end in signature", nil, []answerSASL{challenge(first + "4096"), success("v=6rri\nTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")}, BadChallenge},
	} {
		t.Run(c.name, func(t *testing.T) {
			dial, wait := peer(t, func(p net.Conn) error { return serveSASL(p, "SCRAM-SHA-256", c.answers) })
			d := c.dialer
			if d == nil {
				d = new(Dialer)
			}
			d.Dial, d.Domain, d.nonce = dial, "example.com", func() string { return nonce }
			_, _, err := d.Login(t.Context(), Account{Local: "user", Password: "pencil"}, nil)
			if served := wait(); served != nil {
				t.Fatal(served)
			}
			checkLoginError(t, err, SASL, c.want)
		})
	}
}

type answerSASL struct{ element, text string }

// serveSASL answers each message of the client with the next answer.
func serveSASL(c net.Conn, mechanism string, all []answerSASL) error {
	pairs := []string{"version='1.0'>", fixtureHeader + "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>" + mechanism + "</mechanism></mechanisms></stream:features>"}
	end := "</auth>"
	for _, a := range all {
		text := base64.StdEncoding.EncodeToString([]byte(a.text))
		if raw, ok := strings.CutPrefix(a.text, "raw:"); ok {
			text = raw
		}
		pairs = append(pairs, end, "<"+a.element+" xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"+text+"</"+a.element+">")
		end = "</response>"
	}
	return answers(c, pairs...)
}

// TestHostileHandshake has the peer send something else than a TLS handshake.
func TestHostileHandshake(t *testing.T) {
	opening := parseScript(t, "C: <?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='example.com' version='1.0'>\n"+
		"S: "+fixtureStartTLS+"\nC: <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>\nS: <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>\n")
	most := flood()
	for mode, script := range map[TLSMode][]line{StartTLS: opening, DirectTLS: nil} {
		for _, f := range floods {
			t.Run(mode.String()+"/"+f.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					dial, wait := peer(t, func(c net.Conn) error {
						if err := play(c, script); err != nil {
							return err
						}
						if _, err := c.Read(make([]byte, 1)); err != nil { // the handshake has begun
							return err
						}
						go io.Copy(io.Discard, c)
						r := rand.New(rand.NewPCG(3, 3))
						for sent, err := 0, error(nil); sent < most && err == nil; {
							b := f.next(r, nil)
							if b == nil {
								time.Sleep(time.Hour)
							}
							_, err = c.Write(b)
							sent += len(b)
						}
						return nil
					})
					ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
					defer cancel()
					_, _, err := (&Dialer{Dial: dial, Domain: "example.com", TLS: mode}).Login(ctx, fixtureUser, nil)
					if played := wait(); played != nil {
						t.Fatal(played)
					}
					if failed, ok := errors.AsType[*LoginError](err); !ok || failed.Stage != TLS {
						t.Fatalf("error %v", err)
					}
				})
			})
		}
	}
}

// TestCancel ends the context of logins over TCP whose peer says nothing.
func TestCancel(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, mode := range allModes {
		d := &Dialer{Addr: l.Addr().String(), Domain: "example.com", TLS: mode}
		ctx, cancel := context.WithCancelCause(context.Background())
		go func() {
			c, err := l.Accept()
			if err == nil {
				defer c.Close()
				c.Read(make([]byte, 1))
			}
			cancel(errTest)
		}()
		if _, _, err := d.Login(ctx, fixtureUser, nil); !errors.Is(err, errTest) {
			t.Errorf("%v: %v", mode, err)
		}
	}
}
