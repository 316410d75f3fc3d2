package app

import "postvak/backend/teamlog"

// logSentence stands in each mail of the team log, for whoever finds it with
// another program.
func (a *App) logSentence() string {
	return a.inWords("These messages keep the team's inbox in step. Do not move or delete them.")
}

// describe says what a record of the team log is about, for the subject line
// of its mail.
func (a *App) describe(_ string, record []byte) (subject string, landmark bool) {
	return "[Postvak] " + a.inWords("the team's log"), teamlog.Landmark(record)
}
