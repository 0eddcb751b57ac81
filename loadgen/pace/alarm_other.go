//go:build !linux

package pace

// NewAlarm returns the most exact alarm this system has.
func NewAlarm() Alarm { return NewTimer() }
