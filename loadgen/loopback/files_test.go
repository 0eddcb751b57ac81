package loopback

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"xmpprig/loadgen/xmpp/wire"
)

// A slot takes one file, of the size that was said, and gives it back.
func TestFiles(t *testing.T) {
	srv := newServer(t, Options{})
	if err := srv.ListenFiles("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	c := loginAs(t, srv, 0)
	c.send("<iq type='get' id='1' to='localhost'><query xmlns='" + wire.NSDiscoItem + "'/></iq>")
	if got := c.expect("<iq"); !strings.Contains(got, "upload.localhost") {
		t.Errorf("items %s", got)
	}
	c.send("<iq type='get' id='2' to='upload.localhost'><request xmlns='" + wire.NSUpload + "' filename='a b.txt' size='5'/></iq>")
	put := regexp.MustCompile(`<put url='([^']+)'/>`).FindStringSubmatch(c.expect("<iq"))
	if put == nil || !strings.HasSuffix(put[1], "/a%20b.txt") {
		t.Fatalf("no slot: %q", put)
	}
	c.send("<iq type='get' id='3' to='upload.localhost'><request xmlns='" + wire.NSUpload + "' filename='a' size='100000000'/></iq>")
	if got := c.expect("<iq"); !strings.Contains(got, "not-acceptable") {
		t.Errorf("too large: %s", got)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(srv.CAPEM())
	web := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	for _, try := range []struct {
		method, body string
		status       int
	}{{"GET", "", 404}, {"PUT", "toolong", 413}, {"PUT", "hello", 201}, {"PUT", "other", 405}, {"GET", "", 200}} {
		r, err := http.NewRequest(try.method, put[1], bytes.NewReader([]byte(try.body)))
		if err != nil {
			t.Fatal(err)
		}
		a, err := web.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		said, _ := io.ReadAll(a.Body)
		a.Body.Close()
		if a.StatusCode != try.status || try.status == 200 && string(said) != "hello" {
			t.Errorf("%s %q: %d %q, want %d", try.method, try.body, a.StatusCode, said, try.status)
		}
	}
	web.CloseIdleConnections()
}
