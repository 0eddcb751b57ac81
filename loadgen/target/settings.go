package target

import (
	"maps"
	"strconv"
)

// Values of the settings of a tight server: limits low enough to be met in seconds, and the accounts that are in trouble there.
const (
	tightSilence    = 2      // seconds until a peer without a session is sent away
	tightIdle       = 2      // seconds until a session is asked for a sign of life
	tightBytes      = 262144 // of a first-level element of a session
	tightAttempts   = 200    // connections that an address may make in a row
	tightRecipients = 30     // to which a session may send in a minute
	tightUnacked    = 100    // stanzas that may wait for an acknowledgement
	tightOffline    = 10     // messages that wait for a user who is away
	tightAddresses  = 20     // of one message to many
	disabledUser    = "disabled"
	unavailableUser = "unavailable"
)

// tightValues are the values of all settings, by their names.
func tightValues() map[string]string {
	return map[string]string{
		"silence": strconv.Itoa(tightSilence), "idle": strconv.Itoa(tightIdle), "max-bytes": strconv.Itoa(tightBytes),
		"attempts": strconv.Itoa(tightAttempts), "recipients": strconv.Itoa(tightRecipients), "unacked": strconv.Itoa(tightUnacked),
		"offline": strconv.Itoa(tightOffline), "addresses": strconv.Itoa(tightAddresses), "disabled": disabledUser, "unavailable": unavailableUser,
	}
}

// settings are those of the names given, where the server is to be tight.
func (s Spec) settings(names ...string) map[string]string {
	if !s.Tight {
		return nil
	}
	values, all := map[string]string{}, tightValues()
	for _, name := range names {
		values[name] = all[name]
	}
	return values
}

// Settings returns what a tight server was set up with: the value of each setting that it has, by the names that programs of package
// fuzz/program have for them. Others have none.
func (s *Server) Settings() map[string]string { return maps.Clone(s.launch.settings) }
