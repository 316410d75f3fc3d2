package teamlog

import (
	"time"
)

// FindingKind says what was noticed about the log.
type FindingKind string

// What can be noticed. None of these changes state by itself; some are what a
// careless person does, some what a hostile one does.
const (
	Forged        FindingKind = "forged"         // not signed by a device of the team
	Replayed      FindingKind = "replayed"       // a record that was there before; also after every lost reply
	Foreign       FindingKind = "foreign"        // no record, or one of another log
	BaseMismatch  FindingKind = "base_mismatch"  // desktops see different logs
	ChainBreak    FindingKind = "chain_break"    // a device's own numbering broke: a copied or restored computer
	Vanished      FindingKind = "vanished"       // records are gone from the folder
	Late          FindingKind = "late"           // a record turned up among older ones
	NewEpoch      FindingKind = "epoch"          // the folder was lost, restored or made anew
	FolderRenamed FindingKind = "folder_renamed" // the folder has another name now
	ReadOnly      FindingKind = "read_only"      // the mail server does not take records
	Quota         FindingKind = "quota"          // the mailbox is full
	SnapshotWrong FindingKind = "snapshot_wrong" // a snapshot is not what the log says
	Critical      FindingKind = "critical"       // a newer version's event that must not be skipped
)

// Finding is something noticed about the log that a person may want to know.
// Detail says which record, folder or count; it holds no content.
type Finding struct {
	Kind   FindingKind
	At     time.Time // by the clock of the record's author, zero when unknown
	Device string
	Member string
	Detail string
	Count  uint64 // how many, at least 1
}
