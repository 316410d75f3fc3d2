package inbox

// Draft is what a person is writing. In a reply, what is left out follows from
// the thread.
type Draft struct {
	To          []string          `json:"to"`
	Cc          []string          `json:"cc"`
	Bcc         []string          `json:"bcc"`
	ReplyAll    bool              `json:"replyAll"`
	Subject     string            `json:"subject"`
	Text        string            `json:"text"`
	Attachments []FileID          `json:"attachments"`
	TemplateID  string            `json:"templateId"`
	Variables   map[string]string `json:"variables"`
	// HumanAgent is the writer's tick "written by me, no advertising" (R27).
	HumanAgent bool `json:"humanAgent"`
}

// Empty says whether there is nothing in the draft worth keeping.
func (d Draft) Empty() bool {
	return d.Text == "" && d.Subject == "" && len(d.Attachments) == 0 &&
		len(d.To) == 0 && len(d.Cc) == 0 && len(d.Bcc) == 0 && d.TemplateID == ""
}
