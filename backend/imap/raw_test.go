package imap

import (
	"testing"

	goimap "github.com/emersion/go-imap/v2"
)

// What Postvak never does to a mailbox, and other programs do.

func deleteUIDs(t testing.TB, c *Conn, uids ...goimap.UID) {
	t.Helper()
	set := goimap.UIDSetNum(uids...)
	client := c.active.Load().client
	store := &goimap.StoreFlags{Op: goimap.StoreFlagsAdd, Silent: true, Flags: []goimap.Flag{goimap.FlagDeleted}}
	if err := client.Store(set, store, nil).Close(); err != nil {
		t.Error(err)
	}
	if err := client.UIDExpunge(set).Close(); err != nil {
		t.Error(err)
	}
}

func setFlag(t testing.TB, c *Conn, uid goimap.UID, flag goimap.Flag) {
	t.Helper()
	store := &goimap.StoreFlags{Op: goimap.StoreFlagsAdd, Silent: true, Flags: []goimap.Flag{flag}}
	if err := c.active.Load().client.Store(goimap.UIDSetNum(uid), store, nil).Close(); err != nil {
		t.Error(err)
	}
}
