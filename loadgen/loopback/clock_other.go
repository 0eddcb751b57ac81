//go:build !linux

package loopback

// newFineAlarm returns the most exact alarm this system has.
func newFineAlarm() alarm { return newTimerAlarm() }
