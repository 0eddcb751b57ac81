package program

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// NumberError says that a template counts by what is no number of a fitting size.
type NumberError struct{ Text, Reason string }

func (e *NumberError) Error() string { return fmt.Sprintf("{%s}: %s", e.Text, e.Reason) }

var (
	// sum is a name with what is added to it.
	sum = regexp.MustCompile(`^([a-z]+\.[a-z-]*[a-z])([+-][0-9]{1,9})$`)
	// sized is the beginning of a text that has a size.
	sized = regexp.MustCompile(`^([a-z0-9.+-]+) bytes:`)
)

// filler is what stands in a text of a given size for as much as that takes.
const filler = "fill"

// added is what a name and a number make, such as attacker.limit+1; ok is false for what is no such sum.
func added(inside string, known func(string) (string, bool)) (text string, ok bool, err error) {
	m := sum.FindStringSubmatch(inside)
	if m == nil {
		return "", false, nil
	}
	value, ok := known(m[1])
	if !ok {
		return "", true, &UnknownError{m[1]}
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return "", true, &NumberError{inside, strconv.Quote(value) + " is no number"}
	}
	more, _ := strconv.ParseInt(m[2], 10, 64) // nine digits are one
	return strconv.FormatInt(n+more, 10), true, nil
}

// number is what a text counts by: a number as it stands, or a name, with what is added to it.
func number(inside, expression string, known func(string) (string, bool)) (int, error) {
	text, ok, err := added(expression, known)
	if err != nil {
		return 0, err
	}
	if !ok {
		if text, ok = known(expression); !ok {
			text = expression
		}
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0, &NumberError{inside, "a number stands before * and before bytes:"}
	}
	return int(n), nil
}

// fill is a text of just so many bytes: the filler in it is as many x as are needed for that.
func fill(inside string, m []string, known func(string) (string, bool), depth int) (string, error) {
	n, err := number(inside, m[1], known)
	if err != nil {
		return "", err
	}
	if n > maxExpanded {
		return "", fmt.Errorf("{%s} becomes longer than %d bytes", inside, maxExpanded)
	}
	holes := 0
	rest := strings.TrimPrefix(inside, m[0])
	with := func(filling string) (string, error) {
		return expand(rest, func(name string) (string, bool) {
			if name == filler {
				holes++
				return filling, true
			}
			return known(name)
		}, depth)
	}
	bare, err := with("")
	if err != nil {
		return "", err
	}
	if holes != 1 {
		return "", &NumberError{inside, "there is one {fill} in a text of a given size"}
	}
	if len(bare) > n {
		return "", &NumberError{inside, fmt.Sprintf("it is %d bytes long already", len(bare))}
	}
	text, err := with(strings.Repeat("x", n-len(bare)))
	if err == nil && len(text) != n {
		err = &NumberError{inside, "{fill} stands where it becomes something else"}
	}
	return text, err
}
