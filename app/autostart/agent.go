package autostart

import (
	"strings"
)

// agentLabel is what launchd calls it.
func (e Entry) agentLabel() string { return "app." + e.Name }

// agent is the entry as launchd reads it: a property list.
func (e Entry) agent() string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>` + inXML.Replace(e.agentLabel()) + `</string>
	<key>ProgramArguments</key>
	<array>
`)
	for _, part := range e.Command {
		b.WriteString("\t\t<string>" + inXML.Replace(part) + "</string>\n")
	}
	b.WriteString(`	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>ProcessType</key>
	<string>Interactive</string>
</dict>
</plist>
`)
	return b.String()
}

var inXML = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
