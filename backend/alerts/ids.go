package alerts

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"

	"postvak/backend/inbox"
)

// short writes 130 bits of a hash in letters that every mail server leaves as
// they are.
var short = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

const idLength = 26

// maxID is longer than any id with a host.
const maxID = 400

func shorten(sum []byte) string { return short.EncodeToString(sum)[:idLength] }

// markOf stands for a work in an e-mail: the work's own name would tell
// strangers who is in the team.
func markOf(work string) string {
	sum := sha256.Sum256([]byte(work))
	return shorten(sum[:])
}

func macOf(logID, mark string) string {
	mac := hmac.New(sha256.New, []byte(logID))
	mac.Write([]byte("alert|" + mark))
	return shorten(mac.Sum(nil))
}

// sealed is a mark with the proof that this team made it: the value of an
// alert's header, short enough for one line.
func sealed(logID, work string) string {
	mark := markOf(work)
	return mark + "." + macOf(logID, mark)
}

// messageID is the alert's: the same whoever sends it and however often it is
// tried, so that mail servers that look can drop a double.
func messageID(logID, work, host string) string { return "alert." + sealed(logID, work) + "@" + host }

// Ours says whether a Message-ID, without angle brackets, is that of an alert
// of this team, or a value the header of one. Nobody who does not know the
// log's id can make one; whoever got an alert can show it again, so that it
// proves nothing about who wrote a mail. Case does not count: some servers
// change it.
func Ours(logID, id string) bool {
	if len(id) > maxID || logID == "" {
		return false
	}
	local, _, _ := strings.Cut(strings.ToLower(id), "@")
	mark, mac, ok := strings.Cut(strings.TrimPrefix(local, "alert."), ".")
	return ok && len(mark) == idLength && hmac.Equal([]byte(mac), []byte(macOf(logID, mark)))
}

// answersOurs says whether one of a mail's references is an alert of ours.
func answersOurs(logID string, answers []string) bool {
	for _, id := range answers {
		if Ours(logID, id) {
			return true
		}
	}
	return false
}

// workOf names the work of telling one member of what happened in one thread
// within one minute. It is the same on every desktop; a conversation's key is
// not.
func workOf(row inbox.NotificationRecord) string {
	thread := row.Thread
	if thread == "" {
		thread = string(row.Conversation)
	}
	return fmt.Sprintf("alert/%s/%s/%s/%d", row.Member, row.Channel, thread, row.At.Unix()/60)
}
