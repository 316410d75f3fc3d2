package app

import (
	"fmt"

	"postvak/backend/tidy"
)

// crmLines are the report's part about the CRM: which it is, what may still be
// asked of it, and what is owed to it. It names nobody and has no token.
func (a *App) crmLines() []string {
	now := a.crm.present()
	lines := []string{a.inWords(fmt.Sprintf("CRM: %s, %s.", now.choice.provider(), a.inWords(crmReach(now))))}
	status := a.crm.service.Status()
	lines = append(lines, "  "+a.inWords(fmt.Sprintf("%d notes and %d records wait to be written.", status.Notes, status.Creations)))
	if now.provider != nil {
		if q := now.provider.Quota(); q.Known {
			lines = append(lines, "  "+a.inWords(fmt.Sprintf("%d of %d calls are left today.", q.Left, q.Limit)))
		}
	}
	if status.Trouble != "" {
		lines = append(lines, "  "+tidy.OneLine(a.inWords(status.Trouble)))
	}
	return lines
}

func crmReach(now crmNow) string {
	if now.provider == nil {
		return "cannot be asked from this computer"
	}
	return "can be asked from this computer"
}
