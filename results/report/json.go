package report

import (
	"encoding/json"
	"fmt"
	"io"

	"xmpprig/results"
)

// JSON writes the run as run.json has it; for a record whose run was killed,
// as it was rebuilt from the intervals. It fails where w does.
func JSON(w io.Writer, r *results.Record) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r.Run); err != nil {
		return fmt.Errorf("write run as JSON: %w", err)
	}
	return nil
}

// ConformanceJSON writes the examination as conform.json has it. It fails where w does.
func ConformanceJSON(w io.Writer, c *results.Conformance) error { return results.EncodeObject(w, c) }

// CampaignJSON writes the campaign as campaign.json has it. It fails where w does.
func CampaignJSON(w io.Writer, c *results.Campaign) error { return results.EncodeObject(w, c.Listed()) }
