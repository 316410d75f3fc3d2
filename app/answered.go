package app

import (
	"context"

	"postvak/backend/inbox"
)

// answered gives the newest answer of somebody else that came after a draft
// was begun here; nil when there is none. The log can know of it before the
// mail is here.
func (a *App) answered(ctx context.Context, id inbox.Key) (*Answered, error) {
	found, err := a.db.AnsweredSince(ctx, id)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	newest := found[len(found)-1]
	answer := &Answered{MessageID: string(newest.Key), MemberID: string(newest.By), At: stamp(newest.At)}
	if newest.By != "" {
		answer.Name = a.nameOf(newest.By)
	}
	return answer, nil
}

// answeredDetail is the error's detail by which a script knows the question.
const answeredDetail = "answered"

// askAnswered holds an answer back when somebody was quicker, unless it is to go
// anyway: the customer would get two, and perhaps two different ones.
func (a *App) askAnswered(ctx context.Context, id inbox.Key, r SendRequest) error {
	if r.Anyway {
		return nil
	}
	answer, err := a.answered(ctx, id)
	if err != nil || answer == nil {
		return err
	}
	question := inbox.Errorf(inbox.Conflict, "%s answered while you were writing. Read that first, or send yours all the same.", answer.Name)
	if answer.Name == "" {
		question = inbox.Errorf(inbox.Conflict, "Somebody answered while you were writing. Read that first, or send yours all the same.")
	}
	question.Detail = answeredDetail
	return question
}
