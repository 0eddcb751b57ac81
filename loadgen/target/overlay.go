package target

import (
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"
)

// overlaid is a configuration in YAML with the keys of another laid over it. Their values replace what is there, but mappings, such as
// modules, are joined key by key.
func overlaid(config []byte, over string) ([]byte, error) {
	if over == "" {
		return config, nil
	}
	var base, top yaml.MapSlice
	if err := yaml.Unmarshal(config, &base); err != nil {
		return nil, fmt.Errorf("read our configuration: %w", err)
	}
	if err := yaml.Unmarshal([]byte(over), &top); err != nil {
		return nil, &SpecError{"configuration", "it is no mapping in YAML: " + err.Error()}
	}
	return yaml.Marshal(joined(base, top, 2))
}

// joined lays top over base, and what is in both so many levels deep.
func joined(base, top yaml.MapSlice, levels int) yaml.MapSlice {
	all := slices.Clone(base)
	for _, item := range top {
		at := slices.IndexFunc(all, func(b yaml.MapItem) bool { return b.Key == item.Key })
		if at < 0 {
			all = append(all, item)
			continue
		}
		under, isMap := asMap(all[at].Value)
		over, isMap2 := asMap(item.Value)
		if isMap && isMap2 && levels > 1 {
			all[at].Value = joined(under, over, levels-1)
			continue
		}
		all[at].Value = item.Value
	}
	return all
}

// asMap is a mapping with its order, as far as the decoder keeps it.
func asMap(v any) (yaml.MapSlice, bool) {
	switch m := v.(type) {
	case yaml.MapSlice:
		return m, true
	case map[string]any:
		var all yaml.MapSlice
		for key, value := range m {
			all = append(all, yaml.MapItem{Key: key, Value: value})
		}
		slices.SortFunc(all, func(a, b yaml.MapItem) int {
			if a.Key.(string) < b.Key.(string) {
				return -1
			}
			return 1
		})
		return all, true
	}
	return nil, false
}
