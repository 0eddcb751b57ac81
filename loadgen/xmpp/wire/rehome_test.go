package wire

import "testing"

func TestAppendRehomed(t *testing.T) {
	for in, want := range map[string]string{
		"<message to='a' id='1'><body>x</body></message>":          "<message id='1' to='b' from='f'><body>x</body></message>",
		"<message xmlns='jabber:client'/>":                         "<message to='b' from='f'/>",
		"<iq from='x'><q xmlns='jabber:client' a='1'/></iq>":       "<iq to='b' from='f'><q xmlns='jabber:client' a='1'/></iq>",
		"<presence xmlns:p='urn:p' p:a='1'><p:b/></presence>":      "<presence xmlns:p='urn:p' p:a='1' to='b' from='f'><p:b/></presence>",
		"<c:message xmlns:c='jabber:client'><c:body/></c:message>": "<message to='b' from='f'><body/></message>",
		"<message><h:b h:c='1'/><body>x</body></message>":          "<message to='b' from='f'><b xmlns='urn:h' xmlns:h='urn:h' h:c='1'/><body>x</body></message>",
		"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>":      "",
	} {
		var s Scanner
		if _, _, err := s.Next([]byte("<stream:stream xmlns='jabber:client' xmlns:stream='" + NSStream + "' xmlns:h='urn:h'>")); err != nil {
			t.Fatal(err)
		}
		e, _, err := s.Next([]byte(in))
		if err != nil {
			t.Fatal(in, err)
		}
		if got := string(AppendRehomed(nil, e, Addressing{To: "b", From: "f"})); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}
