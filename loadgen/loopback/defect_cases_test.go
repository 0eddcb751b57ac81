package loopback

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"
)

// laughs are nested entities (of n levels).
func laughs(n int) string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE x [<!ENTITY e0 'ha'>")
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "<!ENTITY e%d '%s'>", i, strings.Repeat(fmt.Sprintf("&e%d;", i-1), 10))
	}
	return b.String() + "]>"
}

func manyAttributes(n int) string {
	var b strings.Builder
	b.WriteString("<message")
	for i := range n {
		fmt.Fprintf(&b, " a%d=''", i)
	}
	return b.String() + "/>"
}

func dtdOnDirectTLS(x *site) bool {
	const text = "<!DOCTYPE x [<!ENTITY a 'b'>]>" + header
	return strings.Contains(x.dialTCP(true).prolog(text), "<stream:features") &&
		!strings.Contains(x.dial().prolog(text), "<stream:features")
}

func (x *site) longLang() bool {
	x.dial().prolog(strings.Replace(header, " to=", " xml:lang='a"+strings.Repeat("-b", 20)+"' to=", 1))
	return x.lives() && strings.HasPrefix(x.log.String(), "panic: ")
}

func mismatchedTagHang(x *site) bool {
	c := x.session(0, "r")
	_ = c.conn.SetDeadline(time.Now().Add(time.Second))
	c.put("<a></b>")
	got, err := c.next()
	return got == "" && isTimeout(err)
}

// chunkSeam sends a reference whole and in two pieces.
func chunkSeam(x *site) bool {
	attacker, witness := x.pair()
	attacker.put("<message to='" + witness.jid + "'><body>a &am")
	attacker.put("p; b</body></message>")
	attacker.put("<message to='" + witness.jid + "'><body>a &amp; b</body></message>")
	attacker.says("")
	got, _ := witness.drain()
	return len(got) == 2 && got[0] != got[1]
}

// plainText is the element that begins PLAIN with the message given.
func plainText(message string) string {
	return "<auth mechanism='PLAIN'" + sasl + ">" + base64.StdEncoding.EncodeToString([]byte(message)) + "</auth>"
}

// scramText likewise, of SCRAM.
func scramText(message string) string {
	return "<auth mechanism='SCRAM-SHA-1'" + sasl + ">" + base64.StdEncoding.EncodeToString([]byte(message)) + "</auth>"
}
