package wire

import (
	"errors"
	"strings"
	"testing"
)

// TestBody: wrappers of BOSH, and what is found in them, however the bytes are cut.
func TestBody(t *testing.T) {
	const body = "<body xmlns='http://jabber.org/protocol/httpbind'"
	for _, c := range []struct {
		name, in, want string
		condition      Condition
	}{
		{"empty", body + " rid='1'/>", "header body,footer", ""},
		{"empty with declaration and space", "<?xml version='1.0'?>\n" + body + "></body>\n", "header body,footer body", ""},
		{"stanza", body + "><message xmlns='jabber:client'/></body>", "header body,stanza message jabber:client,footer body", ""},
		{"stanza that declares nothing", body + "><iq><x/></iq></body>", "header body,stanza iq jabber:client,footer body", ""},
		{"of another namespace", body + "><r xmlns='urn:xmpp:sm:3'/></body>", "header body,nonza r urn:xmpp:sm:3,footer body", ""},
		{"features", body + " xmlns:stream='http://etherx.jabber.org/streams'><stream:features><bind xmlns='urn:b'/></stream:features></body>",
			"header body,nonza features http://etherx.jabber.org/streams,footer body", ""},
		{"more declarations, in another order", "<body xmlns:xmpp='urn:xmpp:xbosh' xmpp:version='1.0' xmlns:stream='http://etherx.jabber.org/streams' xmlns='http://jabber.org/protocol/httpbind'><presence/></body>",
			"header body,stanza presence jabber:client,footer body", ""},
		{"a declaration that nobody makes", body + " xmlns:a='urn:a'><a:b/><message/></body>", "header body,nonza b urn:a,stanza message jabber:client,footer body", ""},
		{"a prefix of its own", "<b:body xmlns:b='http://jabber.org/protocol/httpbind' xmlns='jabber:client'><message/></b:body>",
			"header body,stanza message jabber:client,footer body", ""},
		{"a usual prefix for something else", body + " xmlns:stream='urn:s'><stream:features/></body>", "header body,nonza features urn:s,footer body", ""},
		{"a prefix that is not declared", body + "><stream:features/></body>", "header body", NotWellFormed},
		{"another root", "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>", "", InvalidNamespace},
		{"another name", "<head xmlns='http://jabber.org/protocol/httpbind'/>", "", BadFormat},
		{"another end", body + "></bodies>", "header body", NotWellFormed},
		{"something behind", body + "/><a/>", "header body,footer", NotWellFormed},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, size := range []int{1, 7, 1 << 10} {
				var s Scanner
				s.ResetBody(Limits{})
				var got []string
				var err error
				for in := []byte(c.in); err == nil; {
					chunk := in[:min(size, len(in))]
					var e *Element
					var n int
					e, n, err = s.Next(chunk)
					if in = in[n:]; e.Kind == None && len(in) == 0 {
						break
					}
					if e.Kind != None {
						got = append(got, strings.TrimSpace(e.Kind.String()+" "+string(e.Local())+" "+spaceOf(e)))
					}
				}
				all := strings.Join(got, ",")
				bad, _ := errors.AsType[SyntaxError](err)
				if all != c.want || bad.Condition != c.condition {
					t.Errorf("by %d: %q, %v", size, all, err)
				}
			}
		})
	}
	var s Scanner
	s.ResetBody(Limits{})
	s.Reset(Limits{})
	if e, _, err := s.Next([]byte(opening)); err != nil || e.Kind != Header {
		t.Errorf("a stream after a wrapper: %v, %v", e.Kind, err)
	}
}

func spaceOf(e *Element) string {
	if e.Kind == Header || e.Kind == Footer {
		return ""
	}
	return string(e.Space())
}

// TestBodyAllocates nothing, as one is scanned for each request and response.
func TestBodyAllocates(t *testing.T) {
	in := []byte("<body xmlns='http://jabber.org/protocol/httpbind' xmlns:stream='http://etherx.jabber.org/streams' sid='s'>" + chat + "</body>")
	var s Scanner
	if n := testing.AllocsPerRun(100, func() {
		s.ResetBody(Limits{})
		found := 0
		for data := in; ; {
			e, n, err := s.Next(data)
			if err != nil {
				t.Fatal(err)
			}
			if data = data[n:]; e.Kind == Footer {
				break
			}
			found++
		}
		if found != 2 {
			t.Fatal(found)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
