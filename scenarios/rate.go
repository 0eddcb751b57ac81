package scenarios

import (
	"fmt"
	"regexp"
)

// ParseRate reads a rate as scenario files have them, such as 100/s or
// 6000/m, and returns it as events a second.
func ParseRate(s string) (float64, error) {
	if !regexp.MustCompile(ratePattern).MatchString(s) {
		return 0, fmt.Errorf("%q is not a rate such as 100/s or 6000/m", s)
	}
	return parseRate(s)
}
