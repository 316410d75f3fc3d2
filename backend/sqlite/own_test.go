package sqlite

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamlog/logtest"
)

func TestLocalLog(t *testing.T) {
	logtest.Run(t, func(t *testing.T) teamlog.Log { return openAt(t, t.TempDir(), options()).Log() })
}

func TestSettingsAndDraftsSurviveClosing(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, options())
	connect(t, db, shop())
	m := mail(1, carla)
	store(t, db, m)
	if err := db.PutSetting(t.Context(), "theme", "dark"); err != nil {
		t.Fatal(err)
	}
	if err := db.SaveDraft(t.Context(), m.Message.Key, inbox.Draft{Text: "half a sen", Attachments: []inbox.FileID{"x"}}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = openAt(t, dir, options())
	var theme string
	if found, err := db.Setting(t.Context(), "theme", &theme); err != nil || !found || theme != "dark" {
		t.Errorf("theme %q %v %v", theme, found, err)
	}
	if draft, err := db.Draft(t.Context(), m.Message.Key); err != nil || draft == nil || draft.Text != "half a sen" {
		t.Errorf("draft %+v, %v", draft, err)
	}
	if err := db.SaveDraft(t.Context(), m.Message.Key, inbox.Draft{}); err != nil {
		t.Fatal(err)
	}
	if draft, err := db.Draft(t.Context(), m.Message.Key); err != nil || draft != nil {
		t.Errorf("draft %+v, %v", draft, err)
	}
	wantCode(t, db.SaveDraft(t.Context(), "shop:nothing", inbox.Draft{Text: "x"}), inbox.NotFound)
}

func TestADraftFollowsItsConversation(t *testing.T) {
	db := newCache(t)
	one, two := mail(1, carla), mail(2, carla)
	store(t, db, one, two)
	for _, m := range []inbox.Fetched{one, two} {
		if err := db.SaveDraft(t.Context(), m.Message.Key, inbox.Draft{Text: m.Message.Subject}); err != nil {
			t.Fatal(err)
		}
	}
	store(t, db, mail(3, carla, answers(1, 2)))
	if err := db.SaveDraft(t.Context(), one.Message.Key, inbox.Draft{Text: "the only one"}); err != nil {
		t.Fatal(err)
	}
	if draft, err := db.Draft(t.Context(), two.Message.Key); err != nil || draft.Text != "the only one" {
		t.Errorf("draft %+v, %v", draft, err)
	}
}

func TestFiles(t *testing.T) {
	db := newCache(t)
	put, err := db.PutFile(t.Context(), `C:\temp\..\menu.pdf`, "application/pdf", strings.NewReader("menu"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := db.File(t.Context(), put.ID)
	if err != nil || got.Name != "menu.pdf" || got.Size != 4 || got.Path != put.Path {
		t.Fatalf("file %+v, %v", got, err)
	}
	data, err := os.ReadFile(got.Path)
	if err != nil {
		t.Fatal(err)
	}
	equalBytes(t, data, []byte("menu"))
	if err := os.WriteFile(put.Path, []byte("MENU"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = db.File(t.Context(), put.ID)
	wantCode(t, err, inbox.NotFound)
	for _, id := range []inbox.FileID{"", "../../etc/passwd", "ab", inbox.FileID(strings.Repeat("a", 64))} {
		_, err := db.File(t.Context(), id)
		wantCode(t, err, inbox.NotFound)
	}
}

func TestAttachmentsComeFromTheRawMessage(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla, func(m *inbox.Message) {
		m.HTML = `<img src="cid:logo">`
		m.Attachments = []inbox.Attachment{{Name: "menu.pdf", Type: "application/pdf", Data: []byte("menu")},
			{Name: "logo.png", Type: "image/png", ContentID: "logo", Inline: true, Data: []byte("logo")}}
	})
	store(t, db, m)
	for range 2 {
		f, err := db.File(t.Context(), m.Message.Attachments[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(f.Path)
		if err != nil || !bytes.Equal(data, []byte("menu")) {
			t.Fatalf("%q, %v", data, err)
		}
		_ = os.WriteFile(f.Path, []byte("damaged"), 0o600)
	}
	images, err := db.InlineImages(t.Context(), m.Message.Key)
	if err != nil || len(images) != 1 || images["logo"] != m.Message.Attachments[1].ID {
		t.Errorf("images %v, %v", images, err)
	}
	view := open(t, db, m.Message.Key).Messages[0]
	if len(view.Attachments) != 2 || !view.HasHTML || view.HTML == "" {
		t.Errorf("view %+v", view)
	}
	if html, err := db.HTML(t.Context(), m.Message.Key); err != nil || html != view.HTML {
		t.Errorf("html %q, %v", html, err)
	}
	if one, err := db.Message(t.Context(), m.Message.Key); err != nil || one.Text != view.Text || len(one.Attachments) != 2 {
		t.Errorf("message %+v, %v", one, err)
	}
	raw, err := db.Source(t.Context(), m.Message.Key)
	if err != nil {
		t.Fatal(err)
	}
	equalBytes(t, raw, m.Raw)
}
