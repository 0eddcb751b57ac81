package corpus

// Classes returns the codes of the classes of bugs that a regression can be of. The package documentation says what they are.
func Classes() []string {
	return []string{"EE", "PX", "SM", "AU", "ST", "ID", "UN", "RX", "SL", "EX", "LP", "LG", "WS", "ZB", "DB"}
}

// Gap is an entry of the public record of robustness bugs that no program reaches, as a client or as a server.
type Gap struct {
	Record int
	Reason string
}

// Entries is how many entries the record has.
const Entries = 89

// Unreached returns the entries of the record that no regression is of, and why.
func Unreached() []Gap {
	const (
		client = "is a bug of clients"
	)
	return []Gap{
		{16, "is a bug of a library that our own reader does without"},
		{60, client}, {75, client}, {88, client},
		{84, "needs the port of a bytestream proxy"},
		{89, "is the HTTP surface of administrators, which is out of scope"},
	}
}
