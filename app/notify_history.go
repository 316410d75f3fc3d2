package app

import (
	"context"

	"postvak/backend/sqlite"
	"postvak/backend/tidy"
)

// notificationHistory gives a page of what became of events: for the member at
// this computer, and on request what it knows of teammates' e-mails too.
func (a *App) notificationHistory(ctx context.Context, q NotificationQuery) (NotificationPage, error) {
	if err := checkLimit(q.Limit); err != nil {
		return NotificationPage{}, err
	}
	if why := a.outside(); why == notInYet {
		return NotificationPage{}, nil
	}
	query := sqlite.HistoryQuery{Member: a.team.Me(), After: q.After, Limit: q.Limit}
	if q.Everyone {
		query.Member = ""
	}
	rows, next, err := a.db.NotificationHistory(ctx, query)
	return NotificationPage{Rows: mapped(rows, a.rowOf), Next: next}, err
}

func (a *App) rowOf(r sqlite.HistoryRow) NotificationRow {
	own := r.Member == a.team.Me()
	row := NotificationRow{
		At: stamp(r.At), Event: string(r.Occasion), MemberID: string(r.Member), ConversationID: string(r.Conversation),
		Medium: string(r.Medium), Outcome: string(r.Outcome), Code: string(r.Reason), Reason: reasonSentence(r.NotificationRecord, own),
		ChannelID: string(r.Channel), Contact: shown(r.ContactName), Subject: tidy.Line(r.Subject, maxAddress),
		DecidedAt: stamp(r.Decided),
	}
	if row.Contact == "" {
		row.Contact = shown(r.NotificationRecord.Contact)
	}
	if own {
		row.Fix = fixes[r.Reason]
	}
	return row
}
