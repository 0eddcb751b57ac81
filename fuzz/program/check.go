package program

import (
	"errors"
	"fmt"
)

// Check says what is wrong with a program that was put together by other means than Parse: its text would not be parsed. Mutants
// are held to it.
func (p *Program) Check() error {
	if err := p.check(); err != nil {
		return err
	}
	again, err := Parse("", []byte(p.String()))
	if err == nil && again.String() != p.String() {
		err = errors.New("the program is not what its text says")
	}
	return err
}

// check looks at what only the whole program tells.
func (p *Program) check() error {
	if len(p.Ops) > MaxOps {
		return fmt.Errorf("the program has %d operations, and at most %d can be", len(p.Ops), MaxOps)
	}
	marks, inside := 0, false
	for _, op := range p.Ops {
		if op.By < 0 || op.By > 0 && op.Verb != Send {
			return fmt.Errorf("%s: by=%d is not possible", op, op.By)
		}
		if (op.Verb == Authenticate) != (op.Mechanism != "") {
			return fmt.Errorf("%s: only authenticate has a mechanism of its own, and needs it", op)
		}
		if (op.Verb == Frame) != (op.Form.Opcode != "") {
			return fmt.Errorf("%s: only frames have an opcode, and each has one", op)
		}
		if op.Attrs != "" && op.Verb != Request {
			return fmt.Errorf("%s: only requests have attributes", op)
		}
		if err := op.able(); err != nil {
			return err
		}
		switch op.Verb {
		case Mark:
			marks++
			if inside {
				return errors.New("the mark stands between repeat and end")
			}
		case Repeat:
			if inside {
				return errors.New("a repeat stands in another")
			}
			inside = true
		case End:
			if !inside {
				return errors.New("an end has no repeat")
			}
			inside = false
		}
	}
	if inside {
		return errors.New("a repeat has no end")
	}
	if marks != 1 {
		return fmt.Errorf("the program has %d marks, and needs one", marks)
	}
	return nil
}

// Preamble is the operations before the mark: what takes the actors to the state that is judged.
func (p *Program) Preamble() []Op { return p.Ops[:p.mark()] }

// Judged is the operations behind the mark.
func (p *Program) Judged() []Op { return p.Ops[min(p.mark()+1, len(p.Ops)):] }

func (p *Program) mark() int {
	for i, op := range p.Ops {
		if op.Verb == Mark {
			return i
		}
	}
	return len(p.Ops)
}
