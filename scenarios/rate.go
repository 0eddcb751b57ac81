package scenarios

import "errors"

// ParseRate reads a rate as scenario files have them, such as 100/s or
// 6000/m, and returns it as events a second.
func ParseRate(s string) (float64, error) {
	c := &reading{}
	v := rate(lowestRate).read(c, &node{kind: text, text: s})
	if len(c.errors) > 0 {
		return 0, errors.New(c.errors[0].Reason + " (" + c.errors[0].Remedy + ")")
	}
	return v, nil
}
