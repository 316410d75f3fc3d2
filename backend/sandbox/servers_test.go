package sandbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

func TestWrongPasswordsAreRefused(t *testing.T) {
	w, _ := start(t, nil)
	settings := w.Channel().Email
	c, err := imapclient.DialInsecure(address(settings.IMAP), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	var refused *imap.Error
	if err := c.Login(settings.IMAP.Username, "guess").Wait(); !errors.As(err, &refused) || refused.Code != imap.ResponseCodeAuthenticationFailed {
		t.Errorf("IMAP: %v", err)
	}
	s, err := smtp.Dial(address(settings.SMTP))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	var no *smtp.SMTPError
	if err := s.Mail("hallo@zomerlicht.example", nil); !errors.As(err, &no) {
		t.Errorf("SMTP without signing in: %v", err)
	}
	for _, client := range []sasl.Client{
		sasl.NewPlainClient("", settings.SMTP.Username, "guess"), sasl.NewLoginClient(settings.SMTP.Username, "guess"),
	} {
		if err := s.Auth(client); !errors.As(err, &no) || no.Code != 535 {
			t.Errorf("SMTP: %v", err)
		}
	}
	if err := s.Auth(sasl.NewLoginClient(settings.SMTP.Username, w.Password())); err != nil {
		t.Errorf("AUTH LOGIN: %v", err)
	}
}

func TestFoldersSayWhatTheyAreFor(t *testing.T) {
	w, _ := start(t, nil)
	c := signIn(t, w, nil)
	list := func(options *imap.ListOptions) map[string][]imap.MailboxAttr {
		folders, err := c.List("", "*", options).Collect()
		if err != nil {
			t.Fatal(err)
		}
		found := map[string][]imap.MailboxAttr{}
		for _, f := range folders {
			found[f.Mailbox] = f.Attrs
		}
		return found
	}
	for _, options := range []*imap.ListOptions{nil, {ReturnSpecialUse: true}} {
		if found := list(options); len(found) != 4 || !slices.Contains(found[sentFolder], imap.MailboxAttrSent) {
			t.Errorf("LIST: %v", found)
		}
	}
	if err := c.Create("Postvak/ü", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if err := c.Rename("Postvak/ü", "Postvak/ö", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, there := list(nil)["Postvak/ö"]; !there {
		t.Error("a new folder is not listed")
	}
	if err := c.Delete(inboxFolder).Wait(); err == nil {
		t.Error("INBOX was deleted")
	}
	status, err := c.Status(inboxFolder, &imap.StatusOptions{NumMessages: true, UIDNext: true, UIDValidity: true}).Wait()
	if err != nil || *status.NumMessages != uint32(len(stored(w, inboxFolder))) || status.UIDNext == 0 || status.UIDValidity == 0 {
		t.Errorf("STATUS: %+v, %v", status, err)
	}
}

func TestAppendedMailIsFoundByMessageID(t *testing.T) {
	w, clock := start(t, nil)
	c := signIn(t, w, nil)
	mail := []byte("From: a@b.example\r\nMessage-ID:\r\n <find-me@zomerlicht.example>\r\nSubject: x\r\n\r\n" + strings.Repeat("text\r\n", 2000))
	add := func(folder string, at time.Time) (*imap.AppendData, error) {
		cmd := c.Append(folder, int64(len(mail)), &imap.AppendOptions{Flags: []imap.Flag{imap.FlagSeen}, Time: at})
		_, _ = cmd.Write(mail)
		_ = cmd.Close()
		return cmd.Wait()
	}
	data, err := add(sentFolder, time.Time{})
	if err != nil || data.UID == 0 {
		t.Fatalf("APPEND: %+v, %v", data, err)
	}
	selectFolder(t, c, sentFolder)
	search := func(id string) []imap.UID {
		found, err := c.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: id}}}, nil).Wait()
		if err != nil {
			t.Fatal(err)
		}
		return found.AllUIDs()
	}
	if found := search("<find-me@zomerlicht.example>"); !slices.Equal(found, []imap.UID{data.UID}) {
		t.Errorf("found %v, appended as %d", found, data.UID)
	}
	if found := search("<find-you@zomerlicht.example>"); len(found) != 0 {
		t.Errorf("found %v", found)
	}
	got := fetchAll(t, c, data.UID)
	if len(got) != 1 || !bytes.Equal(raw(got[0]), mail) || !got[0].InternalDate.Equal(clock.Now()) || !slices.Equal(got[0].Flags, []imap.Flag{imap.FlagSeen}) {
		t.Errorf("got %v", got)
	}
	if _, err := add("Nowhere", time.Time{}); err == nil {
		t.Error("APPEND to a folder that is not there")
	}
}

func TestMailComesByteForByteAlsoWhenMalformed(t *testing.T) {
	w, _ := start(t, nil)
	broken := []byte("Subject no colon\r\n\x00:\xff\r\n\r\nbody\r\n")
	headless := []byte("just a line, and no header at all\r\n")
	for _, mail := range [][]byte{broken, headless} {
		w.account.deliver("Archive", mail, began)
	}
	c := signIn(t, w, nil)
	selectFolder(t, c, "Archive")
	got := fetchAll(t, c, 1)
	if len(got) != 2 || !bytes.Equal(raw(got[0]), broken) || !bytes.Equal(raw(got[1]), headless) {
		t.Fatalf("got %d mails", len(got))
	}
	header := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, Peek: true}
	field := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"SUBJECT NO COLON", "x"}, Peek: true}
	messages, err := c.Fetch(imap.UIDSet{{Start: 1, Stop: 2}}, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{header, field}}).Collect()
	if err != nil || len(messages) != 2 {
		t.Fatal(messages, err)
	}
	if h := messages[0].FindBodySection(header); !bytes.Equal(h, broken[:len(broken)-len("body\r\n")]) {
		t.Errorf("header: %q", h)
	}
}

func TestFlagsAndExpungeReachOtherClients(t *testing.T) {
	w, _ := start(t, nil)
	var gone []uint32
	other := signIn(t, w, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Expunge: func(n uint32) { gone = append(gone, n) },
	}})
	c := signIn(t, w, nil)
	before := selectFolder(t, other, inboxFolder).NumMessages
	selectFolder(t, c, inboxFolder)
	set := imap.UIDSetNum(2, 4)
	if err := c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted, `\SEEN`}}, nil).Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.UIDExpunge(imap.UIDSetNum(4)).Close(); err != nil {
		t.Fatal(err)
	}
	if err := other.Noop().Wait(); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(gone, []uint32{4}) {
		t.Errorf("expunged: %v", gone)
	}
	left := fetchAll(t, other, 1)
	if len(left) != int(before)-1 || !slices.Contains(left[1].Flags, imap.FlagDeleted) || !slices.Contains(left[1].Flags, imap.FlagSeen) {
		t.Errorf("%d of %d left, flags %v", len(left), before, left[1].Flags)
	}
	moved, err := c.Move(imap.UIDSetNum(2), "Trash").Wait()
	if err != nil || moved.UIDValidity == 0 {
		t.Errorf("MOVE: %+v, %v", moved, err)
	}
	if len(stored(w, "Trash")) != 1 || len(stored(w, inboxFolder)) != int(before)-2 {
		t.Error("the mail was not moved")
	}
}

func TestIdleTellsOfNewMail(t *testing.T) {
	w, _ := start(t, nil)
	news := make(chan uint32, 8)
	c := signIn(t, w, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				news <- *data.NumMessages
			}
		},
	}})
	before := selectFolder(t, c, inboxFolder).NumMessages
	idle, err := c.Idle()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Deliver(Delivery{From: "a@b.example", Subject: "x", Text: "y"}); err != nil {
		t.Fatal(err)
	}
	if got := <-news; got != before+1 {
		t.Errorf("told of %d mails, there were %d", got, before)
	}
	if err := idle.Close(); err != nil {
		t.Fatal(err)
	}
	if err := idle.Wait(); err != nil {
		t.Fatal(err)
	}
}

func TestSearchUnderstandsTheUsualCriteria(t *testing.T) {
	w, _ := start(t, nil)
	w.account.create("Few", "")
	w.account.deliver("Few", []byte("Subject: one\r\nDate: Mon, 02 Nov 2026 10:00:00 +0000\r\n\r\nfish\r\n"), began.Add(-48*time.Hour), imap.FlagSeen)
	w.account.deliver("Few", []byte("Subject: two\r\nDate: Tue, 03 Nov 2026 10:00:00 +0000\r\n\r\nfish and chips\r\n"), began)
	c := signIn(t, w, nil)
	selectFolder(t, c, "Few")
	day := began.Truncate(24 * time.Hour)
	for name, one := range map[string]struct {
		criteria imap.SearchCriteria
		want     []imap.UID
	}{
		"all":     {imap.SearchCriteria{}, []imap.UID{1, 2}},
		"uid":     {imap.SearchCriteria{UID: []imap.UIDSet{{{Start: 2, Stop: 0}}}}, []imap.UID{2}},
		"number":  {imap.SearchCriteria{SeqNum: []imap.SeqSet{{{Start: 1, Stop: 1}}}}, []imap.UID{1}},
		"unseen":  {imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, []imap.UID{2}},
		"seen":    {imap.SearchCriteria{Flag: []imap.Flag{imap.FlagSeen}}, []imap.UID{1}},
		"since":   {imap.SearchCriteria{Since: day}, []imap.UID{2}},
		"before":  {imap.SearchCriteria{Before: day}, []imap.UID{1}},
		"sent":    {imap.SearchCriteria{SentSince: time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)}, []imap.UID{2}},
		"body":    {imap.SearchCriteria{Body: []string{"CHIPS"}}, []imap.UID{2}},
		"text":    {imap.SearchCriteria{Text: []string{"subject: one"}}, []imap.UID{1}},
		"larger":  {imap.SearchCriteria{Larger: int64(len(stored(w, "Few")[0]))}, []imap.UID{2}},
		"not":     {imap.SearchCriteria{Not: []imap.SearchCriteria{{Body: []string{"chips"}}}}, []imap.UID{1}},
		"or":      {imap.SearchCriteria{Or: [][2]imap.SearchCriteria{{{Body: []string{"x"}}, {Body: []string{"fish"}}}}}, []imap.UID{1, 2}},
		"nothing": {imap.SearchCriteria{Body: []string{"peas"}}, nil},
	} {
		data, err := c.UIDSearch(&one.criteria, nil).Wait()
		if err != nil || !slices.Equal(data.AllUIDs(), one.want) {
			t.Errorf("%s: %v, %v", name, data.AllUIDs(), err)
		}
	}
}

// TestAClientThatHangsUpInTheMiddleHoldsNothing asks for more than anybody
// reads: the server is cut off while it writes, and must not wait for itself.
func TestAClientThatHangsUpInTheMiddleHoldsNothing(t *testing.T) {
	w, _ := start(t, nil)
	large := File{Name: "plan.bin", Type: "application/octet-stream", Data: make([]byte, 1<<20)}
	if _, err := w.Deliver(Delivery{From: "a@b.example", Subject: "large", Text: "y", Files: []File{large}}); err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", address(w.Channel().Email.IMAP))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	fmt.Fprintf(conn, "a LOGIN %s %s\r\nb SELECT INBOX\r\n", w.Channel().Email.IMAP.Username, w.Password())
	for in := bufio.NewScanner(conn); in.Scan() && !strings.HasPrefix(in.Text(), "b "); {
		continue
	}
	for range 50 {
		fmt.Fprint(conn, "c FETCH 1:* BODY.PEEK[]\r\n")
	}
	if _, err := io.CopyN(io.Discard, conn, 100<<10); err != nil {
		t.Fatal(err)
	}
	if err := w.SetOffline(true); err != nil {
		t.Fatal(err)
	}
}

func TestServersGoOfflineAndComeBack(t *testing.T) {
	w, _ := start(t, nil)
	before := w.Channel().Email
	c := signIn(t, w, nil)
	next := selectFolder(t, c, inboxFolder).UIDNext
	for range 2 { // twice is as good as once
		if err := w.SetOffline(true); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Noop().Wait(); err == nil {
		t.Error("the connection was not cut")
	}
	if _, err := imapclient.DialInsecure(address(before.IMAP), nil); err == nil {
		t.Error("IMAP answers")
	}
	if err := send(t, w, "Subject: x\n\ny\n", "a@b.example"); err == nil {
		t.Error("SMTP answers")
	}
	if _, err := w.Deliver(Delivery{From: "a@b.example", Subject: "meanwhile", Text: "y"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.SetOffline(false); err != nil {
			t.Fatal(err)
		}
	}
	if w.Channel().Email != before {
		t.Errorf("the servers moved: %+v", w.Channel().Email)
	}
	again := signIn(t, w, nil)
	selectFolder(t, again, inboxFolder)
	if got := fetchAll(t, again, next); len(got) != 1 {
		t.Errorf("%d mails waited", len(got))
	}
	if err := send(t, w, "Subject: x\n\ny\n", "a@b.example"); err != nil {
		t.Errorf("SMTP: %v", err)
	}
}

func TestSomeAddressesBehaveBadly(t *testing.T) {
	w, clock := start(t, nil)
	mail := "From: hallo@zomerlicht.example\nSubject: Hoera\nMessage-ID: <lost@zomerlicht.example>\n\ntext\n"
	var no *smtp.SMTPError
	if err := send(t, w, mail, "refused@klant.example"); !errors.As(err, &no) || no.Code != 550 {
		t.Errorf("refused: %v", err)
	}
	if err := send(t, w, mail, "busy@klant.example"); !errors.As(err, &no) || no.Code != 450 {
		t.Errorf("busy: %v", err)
	}
	if err := send(t, w, mail, "bounces@klant.example"); err != nil {
		t.Fatal(err)
	}
	before := len(stored(w, inboxFolder))
	clock.Advance(time.Second)
	w.Advance(10 * time.Second)
	if reported := lastParsed(w); len(stored(w, inboxFolder)) != before+1 || reported.Bounce == nil ||
		reported.Bounce.MessageID != "lost@zomerlicht.example" || reported.Bounce.Recipient != "bounces@klant.example" || !reported.Bounce.Permanent {
		t.Errorf("bounce: %+v", reported.Bounce)
	}
}
