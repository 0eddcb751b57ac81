package target

// Examined is s with all that a server has which is sent hostile input: SASL2 and tokens, certificates of clients, an external
// component with a secret, archives. A server that lacks some of it is started without.
func (s Spec) Examined(secret string) Spec {
	if s.Driver == "remote" {
		return s
	}
	s.Login = "auto"
	if !s.Tight { // there, an archive would keep what there is no room for
		s.Services = append(s.Services, Archive, RoomArchive)
	}
	if s.Driver == "loopback" {
		s.Upgrades = append(s.Upgrades, "SCRAM-SHA-512")
	}
	if s.Driver != "jabberd2" {
		s.ClientCertificates = true
		s.Component = Component{"component." + s.Domain, secret}
	}
	return s
}
