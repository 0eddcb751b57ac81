package loopback

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// boshClient says requests one after the other, each on a connection of its own.
type boshClient struct {
	x   *site
	rid int
	sid string
}

func (x *site) bosh() *boshClient {
	x.dialTCP(false).conn.Close()
	return &boshClient{x: x, rid: 100}
}

// post posts a text and returns the answer, or why there is none.
func (b *boshClient) post(text string) string {
	b.x.t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, Dial: func(string, string) (net.Conn, error) { return net.Dial("tcp", b.x.s.Addr().String()) }}, Timeout: 10 * time.Second}
	r, err := client.Post("http://localhost/http-bind", "text/xml", strings.NewReader(text))
	if err != nil {
		return err.Error()
	}
	defer r.Body.Close()
	answer, err := io.ReadAll(r.Body)
	if err != nil {
		return err.Error()
	}
	return string(answer)
}

// say posts a <body/> with its number and the session's name.
func (b *boshClient) say(attrs, content string) string {
	b.rid++
	if b.sid != "" {
		attrs += " sid='" + b.sid + "'"
	}
	answer := b.post(fmt.Sprintf("<body xmlns='http://jabber.org/protocol/httpbind' xmlns:xmpp='urn:xmpp:xbosh' rid='%d' %s>%s</body>", b.rid, attrs, content))
	if _, after, ok := strings.Cut(answer, " sid='"); ok {
		b.sid, _, _ = strings.Cut(after, "'")
	}
	return answer
}

// bound is a session with a resource.
func (b *boshClient) bound(attrs string) *boshClient {
	b.say("to='localhost' wait='1' hold='1' ver='1.6' "+attrs, "")
	b.say("", plainText("\x00user1\x00pw1"))
	b.say("xmpp:restart='true' to='localhost'", "")
	b.say("", "<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
	return b
}

// boshCases are those of boshDefects.
var boshCases = map[string]func(*site) bool{
	"no-limit-over-bosh": func(x *site) bool {
		return strings.Contains(x.bosh().bound("").say("", strings.Replace(webPing, "/></iq>", ">"+strings.Repeat("x", 300<<10)+"</ping></iq>", 1)), "id='p'")
	},
	"wider-limit-over-websocket": webTakes(frames("<message xmlns='jabber:client'>" + strings.Repeat("x", 300<<10) + "</message>")),
	"bosh-rid-ignored": func(x *site) bool {
		b := x.bosh().bound("")
		b.rid += 1000
		return strings.Contains(b.say("", webPing), "id='p'")
	},
	"bosh-missing-key-taken": func(x *site) bool {
		b := x.bosh()
		b.say("to='localhost' wait='1' hold='1' ver='1.6' newkey='ca524f2e9c4e6d4e8ac29e6bc0f5ea1ea42ce0b7'", "")
		return strings.Contains(b.say("", plainText("\x00user1\x00pw1")), "<success")
	},
	"bosh-lives-after-terminate": func(x *site) bool {
		b := x.bosh().bound("")
		b.say("type='terminate'", "<presence xmlns='jabber:client'/>")
		return strings.Contains(b.say("", webPing), "id='p'")
	},
	"bosh-no-rid-crash": func(x *site) bool {
		x.bosh().post("<body xmlns='http://jabber.org/protocol/httpbind' to='localhost'/>")
		return strings.HasPrefix(x.log.String(), "panic: ")
	},
	"truncated-request-loop": spends(func(x *site) { x.bosh().post("{") }),
}

func sha1Hex(text string) string {
	sum := sha1.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// TestKeysOfBOSH has a session go on by the keys of one sequence and of the next, and end without one (XEP-0124 §15).
func TestKeysOfBOSH(t *testing.T) {
	b := newSite(t).bosh()
	// Each key is the SHA-1 sum of the one said after it.
	if got := b.say("to='localhost' wait='1' hold='1' ver='1.6' newkey='"+sha1Hex(sha1Hex("seed"))+"'", ""); !strings.Contains(got, "sid=") {
		t.Fatal(got)
	}
	if got := b.say("key='"+sha1Hex("seed")+"'", plainText("\x00user1\x00pw1")); !strings.Contains(got, "<success") {
		t.Fatal(got)
	}
	if got := b.say("key='seed' newkey='"+sha1Hex("other")+"' xmpp:restart='true' to='localhost'", ""); !strings.Contains(got, "<features") {
		t.Fatal(got)
	}
	if got := b.say("key='another'", ""); !strings.Contains(got, "item-not-found") {
		t.Error(got)
	}
}
