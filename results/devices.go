package results

// Devices accounts for what the sessions of users got that have several (RFC 6121
// section 8.5.2, XEP-0280). CarbonsOwed = CarbonsReceived + CarbonsLost + CarbonsGone.
type Devices struct {
	PerUser int   `json:"per_user"`
	Direct  int64 `json:"direct"` // messages that came to a device directly; a message delivered has come to one or more
	// Copies owed to devices with carbons on: of the recipient those that did not get it
	// directly, and of the sender all others.
	CarbonsOwed     int64 `json:"carbons_owed"`
	CarbonsReceived int64 `json:"carbons_received"`
	CarbonsLost     int64 `json:"carbons_lost"`
	CarbonsGone     int64 `json:"carbons_gone,omitempty"`   // neither: the device was away for a time
	CarbonsTwice    int64 `json:"carbons_twice,omitempty"`  // a device had the message or its copy already
	CarbonsUnowed   int64 `json:"carbons_unowed,omitempty"` // to devices of which the rig did not know that they want them yet
}
