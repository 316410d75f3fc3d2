package app

import (
	"context"
	"slices"
	"strings"
	"testing"

	"postvak/app/words"
	"postvak/backend/teamlog"
)

// described gives the subject lines of all records in a log, and whether each
// is a landmark.
func described(r *rig, log teamlog.Log) (subjects []string, landmarks []bool) {
	r.t.Helper()
	if _, err := log.Read(context.Background(), teamlog.Pos{}, func(_ teamlog.Pos, record []byte) error {
		subject, landmark := r.app.describe("", record)
		subjects, landmarks = append(subjects, subject), append(landmarks, landmark)
		return nil
	}); err != nil {
		r.t.Fatal(err)
	}
	return subjects, landmarks
}

// Who looks at the team's folder with another program reads what happened, in
// their language, and never what stands in a note.
func TestTheLogsMailsSayWhatHappened(t *testing.T) {
	log := teamlog.NewMemory()
	r := startRig(t, Options{Sandbox: true, Quiet: true, Language: "nl", TeamLog: log})
	l := r.listen()
	c := r.asked(l, `Offerte "2231"`)
	call[Undo](r, "Inbox.Assign", c.ID, "sanne")
	call[string](r, "Inbox.AddNote", c.ID, "geheimpje @Sanne")
	call[*nothing](r, "Composer.SaveDraft", c.ID, Draft{Text: "Dag Eva"})
	call[Undo](r, "Inbox.Close", c.ID)
	r.teammate("Sanne", TeammateRequest{Do: "reopen", ConversationID: c.ID})
	call[Undo](r, "Inbox.Unassign", c.ID)
	subjects, landmarks := described(r, log)
	for _, want := range []string{
		`[Postvak] Robin Hofman: gesprek "Offerte '2231'" toegewezen aan Sanne Vermeer`,
		`[Postvak] Robin Hofman: een notitie bij gesprek "Offerte '2231'"`,
		`[Postvak] Robin Hofman: er wordt een antwoord geschreven in gesprek "Offerte '2231'"`,
		`[Postvak] Robin Hofman: gesprek "Offerte '2231'" gesloten`,
		`[Postvak] Sanne Vermeer: gesprek "Offerte '2231'" heropend`,
		`[Postvak] Robin Hofman: toewijzing van gesprek "Offerte '2231'" opgeheven`,
		`[Postvak] Robin Hofman: Sanne Vermeer doet mee met het team`,
	} {
		if !slices.Contains(subjects, want) {
			t.Errorf("no mail says %q", want)
		}
	}
	if !landmarks[0] || landmarks[len(landmarks)-1] {
		t.Errorf("landmarks: %v", landmarks)
	}
	for _, s := range subjects {
		if strings.Contains(s, "geheimpje") || strings.Contains(s, "Dag Eva") {
			t.Errorf("a subject says what was written: %q", s)
		}
	}
	call[*nothing](r, "Inbox.Delete", c.ID)
	subjects, _ = described(r, log)
	if s := subjects[len(subjects)-1]; s != "[Postvak] Robin Hofman: een gesprek is verwijderd" {
		t.Errorf("a deletion: %q", s)
	}
}

// With neutral subjects nobody reads in the mailbox who did what to which
// conversation.
func TestNeutralSubjects(t *testing.T) {
	log := teamlog.NewMemory()
	r := startRig(t, Options{Sandbox: true, Quiet: true, TeamLog: log})
	c := r.asked(r.listen(), "Offerte 2231")
	call[*nothing](r, "Settings.Save", map[string]any{"neutralSubjects": true})
	if !call[Preferences](r, "Settings.Get").NeutralSubjects {
		t.Error("not saved")
	}
	call[Undo](r, "Inbox.Assign", c.ID, "sanne")
	subjects, landmarks := described(r, log)
	for _, s := range subjects {
		if s != "[Postvak] the team's log" {
			t.Errorf("says %q", s)
		}
	}
	if !landmarks[0] {
		t.Error("the beginning is no landmark")
	}
	call[*nothing](r, "Settings.Save", map[string]any{"neutralSubjects": false})
	if subjects, _ = described(r, log); subjects[0] == subjects[len(subjects)-1] {
		t.Error("still neutral")
	}
}

// What cannot be read has a line all the same, and none is longer than a
// header takes.
func TestSubjectsOfRubbish(t *testing.T) {
	r := startDemo(t)
	for _, record := range []string{"", "x", "1 2 3\n", strings.Repeat("\xff", 5000)} {
		if s, landmark := r.app.describe("", []byte(record)); s != "[Postvak] the team's log" || landmark {
			t.Errorf("%q: %q", record, s)
		}
	}
	for text, want := range map[string]string{
		"a\r\nBcc: x@y": "a Bcc: x@y", `say "hi"\n`: "say 'hi'/n", "\u202eomgekeerd\u200b": "omgekeerd", "": "",
		strings.Repeat("é", 200): strings.Repeat("é", maxAbout-1) + "…",
	} {
		if got := printable(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

// Whatever the log's mails can say is there in Dutch.
func TestSubjectsInDutch(t *testing.T) {
	said := map[string]string{}
	for kind, text := range aboutKinds {
		said[kind] = text
	}
	for kind, format := range aboutConversations {
		said[kind] = strings.Replace(format, "%q", `"x"`, 1)
	}
	for i, text := range []string{`conversation "x" assigned to y`, "available", "not available", `channel "x" connected`,
		"y asks to join the team", "y joins the team", "the role of y", "y leaves the team", "y, and 2 more", "the team's log"} {
		said[string(rune('a'+i))] = text
	}
	for kind, text := range said {
		if words.In(words.Dutch, text) == text {
			t.Errorf("%s: %q stays English", kind, text)
		}
	}
}

// Every kind of finding has its words, in both languages.
func TestFindingsHaveWords(t *testing.T) {
	for _, kind := range []teamlog.FindingKind{
		teamlog.Forged, teamlog.Replayed, teamlog.Foreign, teamlog.BaseMismatch, teamlog.ChainBreak, teamlog.Vanished, teamlog.Late,
		teamlog.NewEpoch, teamlog.FolderRenamed, teamlog.ReadOnly, teamlog.Quota, teamlog.SnapshotWrong, teamlog.Critical, "of another version",
	} {
		found := (&App{}).findingOf(teamlog.Finding{Kind: kind, Count: 2, Detail: "Post\nvak"})
		if found.Text == "" || found.Meaning == "" || found.Todo == "" || found.Count != 2 || !strings.HasSuffix(found.Text, ". (Post vak)") {
			t.Errorf("%s: %+v", kind, found)
		}
		if kind != "of another version" && strings.HasPrefix(found.Text, otherFinding.seen) {
			t.Errorf("%s has no words of its own", kind)
		}
		for _, text := range []string{found.Text, found.Meaning, found.Todo} {
			if words.In(words.Dutch, text) == text {
				t.Errorf("%s: %q stays English", kind, text)
			}
		}
	}
}
