package teamlog

import "context"

// LocalEpoch names the one unbroken numbering of a team of one's log, which is a
// table of its computer.
const LocalEpoch = "local"

// Landmarker is an engine that can hand over, in order and without reading
// everything, the records marked as landmarks when they were appended: those
// that a newcomer's desktop needs to look for first. It is a hint: where
// nothing is marked everything is read.
type Landmarker interface {
	Landmarks(ctx context.Context, fn func(Pos, []byte) error) error
}

// Renewer is an engine whose place can be made again after it was lost. Fresh
// sets what is there now aside, renamed, and begins with nothing; without it
// the place is only made when it is not there. Doing it again changes nothing
// more.
type Renewer interface {
	Renew(ctx context.Context, fresh bool) error
}

// Remote marks an engine that is elsewhere: whoever decides does not wait
// for it.
type Remote interface{ Remote() }

// Landmark says whether a record holds what a newcomer's desktop looks for
// first: who is in the team, how it came so, and where a snapshot is.
func Landmark(record []byte) bool {
	opened, err := Open(record)
	if err != nil {
		return false
	}
	for _, event := range opened.Events {
		switch event.(type) {
		case *Genesis, *MemberAdd, *MemberUpdate, *MemberRole, *MemberRemove, *DeviceAdd, *DeviceUpdate, *DeviceRevoke,
			*Invite, *Join, *Refuse, *ChannelInstaller, *Snapshot, *Epoch:
			return true
		}
	}
	return false
}
