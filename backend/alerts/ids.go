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

// messageID is the alert's: the same whoever sends it and however often it is
// tried, so that mail servers that look can drop a double.
func messageID(logID, work, host string) string {
	mark := markOf(work)
	return "alert." + mark + "." + macOf(logID, mark) + "@" + host
}

// Ours says whether a Message-ID, without angle brackets, is that of an alert
// of this team. Nobody who does not know the log's id can make one; whoever
// got an alert can show it again, so that it proves nothing about who wrote a
// mail. Case does not count: some servers change it.
func Ours(logID, messageID string) bool {
	local, _, ok := strings.Cut(messageID, "@")
	if !ok || logID == "" || len(local) != len("alert.")+idLength+1+idLength {
		return false
	}
	parts := strings.Split(strings.ToLower(local), ".")
	if len(parts) != 3 || parts[0] != "alert" || len(parts[1]) != idLength {
		return false
	}
	return hmac.Equal([]byte(parts[2]), []byte(macOf(logID, parts[1])))
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
