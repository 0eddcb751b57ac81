package main

import (
	"crypto/tls"
	"fmt"
	"os"
	"strconv"
	"strings"

	"xmpprig/loadgen/target"
	"xmpprig/results"
	"xmpprig/scenarios"
)

// certificates are what the users log in with by EXTERNAL, made or read before the load.
func (r *reach) certificates(s *scenarios.Scenario, srv *target.Server) (func(local string) *tls.Certificate, error) {
	if r.clients == "" && driver(s.Target.Server) == "remote" {
		return nil, &usageError{"EXTERNAL takes a certificate for each user", "give --certificates"}
	}
	users := target.Users{Count: s.UserCount(), Name: s.Users.Name}
	all := make(map[string]*tls.Certificate, users.Count)
	for n := range users.Count {
		name, _ := users.User(n)
		c, err := r.certificate(n, name, srv)
		if err != nil {
			return nil, &exitError{results.ExitSetup, err}
		}
		all[name] = c
	}
	return func(local string) *tls.Certificate { return all[local] }, nil
}

func (r *reach) certificate(n int, name string, srv *target.Server) (*tls.Certificate, error) {
	if r.clients == "" {
		return srv.ClientCertificate(name)
	}
	file := strings.ReplaceAll(r.clients, "{n}", strconv.Itoa(n))
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--certificates: %w", err)
	}
	c, err := tls.X509KeyPair(pem, pem)
	if err != nil {
		return nil, fmt.Errorf("--certificates: %s: %w", file, err)
	}
	return &c, nil
}
