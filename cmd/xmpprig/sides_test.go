package main

import "testing"

// TestOrderOf: over as many rounds as twice the sides, each side runs in each place equally often.
func TestOrderOf(t *testing.T) {
	for sides := 2; sides <= 5; sides++ {
		places := map[[2]int]int{}
		for number := 1; number <= 2*sides; number++ {
			seen := map[int]bool{}
			for place, side := range orderOf(number, 1, sides) {
				places[[2]int{side, place}]++
				seen[side] = true
			}
			if len(seen) != sides {
				t.Fatalf("%d sides, round %d: %v", sides, number, orderOf(number, 1, sides))
			}
		}
		for at, n := range places {
			if n != 2 || len(places) != sides*sides {
				t.Errorf("%d sides: side %d is %d times in place %d", sides, at[0], n, at[1])
			}
		}
	}
}
