package main

import (
	"fmt"
	"slices"
	"strings"

	"xmpprig/fuzz"
	"xmpprig/fuzz/program"
)

// settingNames are those of all settings.
func settingNames() string {
	var names []string
	for _, s := range program.Settings() {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}

func (c *conforming) checkSettings() error {
	if len(c.settings) > 0 && driver(c.server) != "remote" {
		return &usageError{"--setting is only for a server that runs already", "leave it out: a server that is started for this is set up with limits"}
	}
	for name, value := range c.settings {
		if !slices.Contains(program.Settings(), program.Setting(name)) || value == "" {
			return &usageError{fmt.Sprintf("--setting %s=%s is none that a row is about, or has no value", name, value), "there are " + settingNames()}
		}
	}
	return nil
}

// set tells a site what settings a server that runs has.
func (c *conforming) set(site *fuzz.Site) {
	for name, value := range c.settings {
		if site.Settings == nil {
			site.Settings = map[program.Setting]string{}
		}
		site.Settings[program.Setting(name)] = value
	}
}
