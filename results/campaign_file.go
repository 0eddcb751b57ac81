package results

import "slices"

// CampaignFile is the file of a record that holds a Campaign.
const CampaignFile = "campaign.json"

// CampaignSchema is the version of campaign.json. Additions keep it; a change of meaning raises it.
const CampaignSchema = 1

// Levels of requirement, RFC 2119.
const (
	LevelMust   = "MUST"
	LevelShould = "SHOULD"
	LevelMay    = "MAY"
)

// WriteCampaign writes campaign.json into dir at one stroke. Its Schema is set, and its lists are never null. Where the attacks
// are too many to be read back, those that found nothing are left out.
func WriteCampaign(dir string, c *Campaign) error {
	l := c.Listed()
	if len(l.Attacks) > maxAttacks {
		l.Attacks = slices.DeleteFunc(slices.Clone(l.Attacks), func(a Attack) bool { return a.Finding == "" })
	}
	return writeObject(dir, CampaignFile, l)
}

// maxAttacks is how many attacks fit campaign.json; each takes some 120 bytes.
const maxAttacks = 300_000

// ReadCampaign reads campaign.json of dir. Its errors are an *AbsentError, a *NewerError, a *FormatError or of the disk. Texts
// and figures are as the file has them, and it may come from anywhere.
func ReadCampaign(dir string) (*Campaign, error) {
	c := &Campaign{}
	if err := readObject(dir, CampaignFile, CampaignSchema, c); err != nil {
		return nil, err
	}
	return c, nil
}

// Listed is the campaign as it is written: with its Schema, and no list null.
func (c *Campaign) Listed() *Campaign {
	l := *c
	l.Schema = CampaignSchema
	orEmpty(&l.Command)
	orEmpty(&l.Layers)
	orEmpty(&l.Samples)
	orEmpty(&l.Findings)
	orEmpty(&l.Doubts)
	orEmpty(&l.Restarts)
	return &l
}
