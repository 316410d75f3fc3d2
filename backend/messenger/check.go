package messenger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"postvak/backend/inbox"
)

// checkTime bounds a whole check: the screen waits for it.
const checkTime = 28 * time.Second

// Check implements channel.Account: the token, its page, reading conversations,
// and, as a warning, whether the page may answer as a human agent. Steps are
// "token", "page", "messages" and "feature".
func (a *Account) Check(ctx context.Context) ([]inbox.Step, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	id, name, err := a.Page(ctx)
	if err != nil {
		return []inbox.Step{failed("token", err)}, err
	}
	steps := []inbox.Step{{Step: "token", OK: true, Message: "Meta takes the token."}}
	if own := a.cfg.Channel.Address; own != "" && own != id {
		_, err := a.ours(ctx)
		return append(steps, failed("page", err)), err
	}
	steps = append(steps, inbox.Step{Step: "page", OK: true, Message: fmt.Sprintf("It is the token of the page %s.", name)})
	if _, err := a.get(ctx, "conversations", id+"/conversations", query("platform", "messenger", "limit", "1", "fields", "id,updated_time")); err != nil {
		return append(steps, failed("messages", err)), err
	}
	steps = append(steps, inbox.Step{Step: "messages", OK: true, Message: "The page's conversations can be read. Until Meta grants the app Advanced Access, those are only the ones with people who have a role in the app, also on your own page."})
	return append(steps, a.feature(ctx, id)), nil
}

// feature says whether the page may answer for seven days. That Meta does not
// say is no fault of the connection.
func (a *Account) feature(ctx context.Context, page string) inbox.Step {
	said, err := a.get(ctx, "messaging_feature_review", page+"/messaging_feature_review", nil)
	if err != nil {
		return inbox.Step{Step: "feature", Message: "Meta does not say whether the page has the Human Agent feature. Without it a message can be answered for 24 hours."}
	}
	for _, one := range said.List("data") {
		named := strings.EqualFold(strings.ReplaceAll(one.Text("feature"), " ", "_"), "human_agent")
		if named && strings.EqualFold(one.Text("status"), "approved") {
			return inbox.Step{Step: "feature", OK: true, Message: "The page has the Human Agent feature: a person can answer for seven days."}
		}
	}
	return inbox.Step{Step: "feature", Message: "The page does not have the Human Agent feature: a message can be answered for 24 hours, and not after that. The app's owner can ask Meta for it."}
}

func failed(step string, err error) inbox.Step {
	var known *inbox.Error
	if errors.As(err, &known) {
		return inbox.Step{Step: step, Message: known.Message}
	}
	return inbox.Step{Step: step, Message: "The check was broken off."}
}
