package results

// Uploads accounts for the files that sessions put over HTTP (XEP-0363). Asked =
// Made + Refused + Failed, but for those that the end of the run cut off.
type Uploads struct {
	Asked        int64 `json:"asked"`
	Made         int64 `json:"made"`    // the server has taken the file
	Refused      int64 `json:"refused"` // it would give no slot, or not take the file there
	Failed       int64 `json:"failed"`  // what else went wrong
	Bytes        int64 `json:"bytes"`   // of those made
	Fetched      int64 `json:"fetched,omitempty"`
	FetchedBytes int64 `json:"fetched_bytes,omitempty"`
	FetchFailed  int64 `json:"fetch_failed,omitempty"`
	Altered      int64 `json:"altered,omitempty"` // fetched, and not what was put
}
