package scenarios

// Upload puts a file where the server's service for files says (XEP-0363).
type Upload struct {
	Base
	Size  Dist  // bytes of the file
	To    *Peer // who gets its address in a message (XEP-0066), which the ledger follows; nil: nobody
	Fetch bool  // whoever gets it fetches the file
}

// Parts of an upload: series behind its label.
const (
	slotSuffix = ".slot" // the request for a place
	putSuffix  = ".put"  // the file's way there
	getSuffix  = ".get"  // and to whoever fetches it, from when its address came
)

func uploadEntry() entry {
	return entry{"upload", "Asks for a slot and puts a file there (XEP-0363), which are timed as LABEL.slot and LABEL.put.", "upload: {size: 100KB}",
		measured(func(s *Upload) *Base { return &s.Base },
			must("size", sizeDist(), "The size of the file.", func(s *Upload) *Dist { return &s.Size }),
			key("to", somebody(), "Who is sent its address, in a message that is followed (XEP-0066). Default: nobody.", func(s *Upload) **Peer { return &s.To }),
			key("fetch", truth(), "Whether whoever gets the address fetches the file, which is timed as LABEL.get. Default: false.", func(s *Upload) *bool { return &s.Fetch }))}
}

func (u Upload) printBody() *node {
	m := mapOf().put("size", u.Size.print(bytesOf)).put("to", printPeer(u.To))
	if u.Fetch {
		m.put("fetch", bare("true"))
	}
	return m
}

// times are the series that an upload has.
func (u Upload) times() []string {
	all := []string{u.Label, u.Label + slotSuffix, u.Label + putSuffix}
	if u.Fetch {
		all = append(all, u.Label+getSuffix)
	}
	if u.To != nil {
		all = append(all, "message.delivery", "message.offline")
	}
	return all
}

func checkUpload(u Upload, add func(reason, remedy string)) {
	if u.Fetch && u.To == nil {
		add("nobody is told where the file is", "say whom to tell: to: random")
	}
	if u.Size.Kind == Exponential && u.Size.B == 0 {
		add("files may become as large as chance will have it", "add max")
	}
}
