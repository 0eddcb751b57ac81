package results

// CapacityFile holds a Capacity.
const CapacityFile = "capacity.json"

// CapacitySchema is its version. Additions keep it; a change of meaning raises it.
const CapacitySchema = 1

// WriteCapacity writes capacity.json into dir at one stroke. Its Schema is set, and its lists are never null.
func WriteCapacity(dir string, c *Capacity) error { return writeObject(dir, CapacityFile, c.Listed()) }

// ReadCapacity reads capacity.json of dir. Its errors are as those of ReadCampaign, and the file may come from anywhere.
func ReadCapacity(dir string) (*Capacity, error) {
	c := &Capacity{}
	if err := readObject(dir, CapacityFile, CapacitySchema, c); err != nil {
		return nil, err
	}
	return c, nil
}

// Listed is the capacity as it is written: with its Schema, and no list null.
func (c *Capacity) Listed() *Capacity {
	l := *c
	l.Schema = CapacitySchema
	orEmpty(&l.Trials)
	orEmpty(&l.RanOut)
	orEmpty(&l.Objectives)
	orEmpty(&l.Verdict.Reasons)
	return &l
}
