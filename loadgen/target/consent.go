package target

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// ConsentPath is where a server on another machine shows, over HTTP, that
// whoever runs it agrees to its being loaded: the answer is the token.
const ConsentPath = "/.well-known/xmpprig-consent"

// Consent is the agreement of whoever runs a server on another machine. The
// token is made up by the operator of the rig and put there by the operator
// of the server; that it can be fetched from the very address that is to be
// loaded proves that the two have spoken.
type Consent struct {
	Token string
	Port  int // of the HTTP server; 80 where 0
}

// shortest is how long a token is at least, so that none is met by chance.
const shortest = 16

const consentTimeout = 10 * time.Second

// ConsentError says why an address may not be loaded.
type ConsentError struct {
	Address string
	Err     error
}

func (e *ConsentError) Error() string {
	return fmt.Sprintf("%s may not be loaded: %v", e.Address, e.Err)
}

// Unwrap returns the cause.
func (e *ConsentError) Unwrap() error { return e.Err }

// Hint says how consent is proven.
func (e *ConsentError) Hint() string {
	return "have the server's machine answer http://ADDRESS" + ConsentPath + " with the token of --consent, and nothing else"
}

// Prove asks the address for the token.
func (c Consent) Prove(ctx context.Context, at netip.Addr) error {
	if len(c.Token) < shortest {
		return &ConsentError{at.String(), fmt.Errorf("a token has at least %d characters", shortest)}
	}
	ctx, cancel := context.WithTimeout(ctx, consentTimeout)
	defer cancel()
	got, err := c.fetch(ctx, at)
	if err == nil && subtle.ConstantTimeCompare([]byte(got), []byte(c.Token)) != 1 {
		err = errors.New("it answers with another token")
	}
	if err != nil {
		return &ConsentError{at.String(), err}
	}
	return nil
}

func (c Consent) fetch(ctx context.Context, at netip.Addr) (string, error) {
	port := c.Port
	if port == 0 {
		port = 80
	}
	client := &http.Client{
		Transport: &http.Transport{DisableKeepAlives: true}, // no proxy: the address itself has to answer
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("it sends the question elsewhere")
		},
	}
	url := "http://" + net.JoinHostPort(at.String(), strconv.Itoa(port)) + ConsentPath
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", fmt.Errorf("ask for consent: %w", err)
	}
	answer, err := client.Do(request)
	if err != nil {
		return "", fmt.Errorf("ask for consent: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("ask for consent: %s", answer.Status)
	}
	const most = 4096
	body, err := io.ReadAll(io.LimitReader(answer.Body, most))
	if len(body) == most {
		return "", errors.New("ask for consent: the answer is no token but a long text")
	}
	return strings.TrimSpace(string(body)), err
}
