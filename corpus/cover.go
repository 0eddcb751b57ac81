package corpus

import (
	"cmp"
	"slices"
)

// Cover returns few of the entries that together have every edge that all of them have, in their order. It is the greedy set
// cover, which takes whatever adds most each time (the shorter text, then the lower hash, where two add as much), without those
// that what was taken later made needless. Edges are what the caller says: of an entry it is asked once.
func Cover(entries []Entry, edges func(Entry) []string) []Entry {
	c := &covering{entries: entries, has: make([][]string, len(entries)), of: map[string][]int{}, fresh: make([]int, len(entries))}
	for i, e := range entries {
		own := slices.Clone(edges(e))
		slices.Sort(own)
		c.has[i] = slices.Compact(own)
		c.fresh[i] = len(c.has[i])
		for _, edge := range c.has[i] {
			c.of[edge] = append(c.of[edge], i)
		}
	}
	return c.chosen()
}

// covering is one set cover.
type covering struct {
	entries []Entry
	has     [][]string       // edges of each entry
	of      map[string][]int // entries of each edge
	fresh   []int            // how many edges of an entry are not covered yet
}

func (c *covering) chosen() (few []Entry) {
	times := map[string]int{} // that an edge is covered
	var taken []int
	for best := c.best(); best >= 0; best = c.best() {
		taken = append(taken, best)
		for _, edge := range c.has[best] {
			if times[edge]++; times[edge] > 1 {
				continue
			}
			for _, i := range c.of[edge] {
				c.fresh[i]--
			}
		}
	}
	for n, i := range slices.Backward(taken) {
		if !slices.ContainsFunc(c.has[i], func(edge string) bool { return times[edge] == 1 }) {
			for _, edge := range c.has[i] {
				times[edge]--
			}
			taken = slices.Delete(taken, n, n+1)
		}
	}
	slices.Sort(taken)
	for _, i := range taken {
		few = append(few, c.entries[i])
	}
	return few
}

// best is the entry that adds most, -1 when none adds anything.
func (c *covering) best() int {
	best := -1
	for i, n := range c.fresh {
		if n > 0 && (best < 0 || c.compare(i, best) < 0) {
			best = i
		}
	}
	return best
}

func (c *covering) compare(i, j int) int {
	a, b := &c.entries[i], &c.entries[j]
	return cmp.Or(cmp.Compare(c.fresh[j], c.fresh[i]), cmp.Compare(len(a.Text), len(b.Text)), cmp.Compare(a.Hash, b.Hash))
}
