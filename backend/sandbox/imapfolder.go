package sandbox

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// view is a client's selected folder. The tracker knows which sequence
// numbers the client has been told of.
type view struct {
	folder  *folder
	tracker *imapserver.SessionTracker
	idling  sync.WaitGroup
}

// numbered is a mail with the sequence number by which this client knows it.
type numbered struct {
	*item
	number uint32
	flags  []imap.Flag
}

// pick gives the mails of a set that the client has been told of.
func (v *view) pick(set imap.NumSet) []numbered {
	v.folder.mu.Lock()
	defer v.folder.mu.Unlock()
	return v.pickLocked(set)
}

func (v *view) pickLocked(set imap.NumSet) (picked []numbered) {
	for i, m := range v.folder.items {
		number := v.tracker.EncodeSeqNum(uint32(i) + 1)
		if number != 0 && v.contains(set, number, m.uid) {
			picked = append(picked, numbered{m, number, m.flagList()})
		}
	}
	return picked
}

func (v *view) contains(set imap.NumSet, number uint32, uid imap.UID) bool {
	switch set := set.(type) {
	case imap.UIDSet:
		highest := uint32(v.folder.next) - 1
		return slices.ContainsFunc(set, func(r imap.UIDRange) bool {
			return within(uint32(uid), uint32(r.Start), uint32(r.Stop), highest)
		})
	case imap.SeqSet:
		highest := uint32(len(v.folder.items))
		return slices.ContainsFunc(set, func(r imap.SeqRange) bool {
			return within(number, r.Start, r.Stop, highest)
		})
	}
	return false
}

// within knows that 0 stands for "*", the highest number, and that a range may
// be written either way round.
func within(n, start, stop, highest uint32) bool {
	if start == 0 {
		start = highest
	}
	if stop == 0 {
		stop = highest
	}
	return min(start, stop) <= n && n <= max(start, stop)
}

func (s *imapSession) Fetch(w *imapserver.FetchWriter, set imap.NumSet, options *imap.FetchOptions) error {
	read := slices.ContainsFunc(options.BodySection, func(b *imap.FetchItemBodySection) bool { return !b.Peek })
	if read {
		s.view.store(set, imap.StoreFlagsAdd, []imap.Flag{imap.FlagSeen}, nil)
	}
	for _, m := range s.view.pick(set) {
		if err := m.write(w.CreateMessage(m.number), options); err != nil {
			return err
		}
	}
	return nil
}

// write answers for one message. Both writers are closed whatever happens: the
// outer one holds the connection's only encoder, and a client that hung up in
// the middle would leave the server waiting for it for ever.
func (m numbered) write(w *imapserver.FetchResponseWriter, options *imap.FetchOptions) (err error) {
	defer func() { err = errors.Join(err, w.Close()) }()
	w.WriteUID(m.uid)
	if options.Flags {
		w.WriteFlags(m.flags)
	}
	if options.InternalDate {
		w.WriteInternalDate(m.at)
	}
	if options.RFC822Size {
		w.WriteRFC822Size(int64(len(m.raw)))
	}
	if options.Envelope {
		w.WriteEnvelope(m.envelope())
	}
	if options.BodyStructure != nil {
		w.WriteBodyStructure(imapserver.ExtractBodyStructure(bytes.NewReader(m.raw)))
	}
	for _, section := range options.BodySection {
		part := cut(m.section(section), section.Partial)
		body := w.WriteBodySection(section, int64(len(part)))
		_, err := body.Write(part)
		if err = errors.Join(err, body.Close()); err != nil {
			return err
		}
	}
	return nil
}

// section gives a section as it came, byte for byte; only for the parts of a
// multipart mail it leans on the library.
func (m numbered) section(section *imap.FetchItemBodySection) []byte {
	if len(section.Part) > 0 {
		whole := *section
		whole.Partial = nil
		return imapserver.ExtractBodySection(bytes.NewReader(m.raw), &whole)
	}
	header, body := splitHeader(m.raw)
	switch section.Specifier {
	case imap.PartSpecifierText:
		return body
	case imap.PartSpecifierHeader:
		return filterHeader(header, section.HeaderFields, section.HeaderFieldsNot)
	default:
		return m.raw
	}
}

func cut(b []byte, partial *imap.SectionPartial) []byte {
	if partial == nil {
		return b
	}
	start := min(max(partial.Offset, 0), int64(len(b)))
	return b[start : start+min(max(partial.Size, 0), int64(len(b))-start)]
}

// splitHeader cuts a mail after the empty line that ends its header.
func splitHeader(raw []byte) (header, body []byte) {
	if end := bytes.Index(raw, []byte("\r\n\r\n")); end >= 0 {
		return raw[:end+4], raw[end+4:]
	}
	return raw, nil
}

// filterHeader keeps the header fields of certain names, or leaves some out.
func filterHeader(header []byte, only, without []string) []byte {
	if len(only)+len(without) == 0 {
		return header
	}
	var kept bytes.Buffer
	for _, field := range headerFields(header) {
		name, _, _ := strings.Cut(string(field), ":")
		named := func(other string) bool { return strings.EqualFold(strings.TrimSpace(name), other) }
		if len(only) > 0 && slices.ContainsFunc(only, named) || len(only) == 0 && !slices.ContainsFunc(without, named) {
			kept.Write(field)
		}
	}
	kept.WriteString("\r\n")
	return kept.Bytes()
}

// headerFields cuts a header into fields, each with its continuation lines.
func headerFields(header []byte) (fields [][]byte) {
	start, at := 0, 0
	for line := range bytes.Lines(header) {
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
		if at > start && line[0] != ' ' && line[0] != '\t' {
			fields = append(fields, header[start:at])
			start = at
		}
		at += len(line)
	}
	if at > start {
		fields = append(fields, header[start:at])
	}
	return fields
}

func (s *imapSession) Store(w *imapserver.FetchWriter, set imap.NumSet, change *imap.StoreFlags, _ *imap.StoreOptions) error {
	s.view.store(set, change.Op, change.Flags, s.view.tracker)
	if change.Silent {
		return nil
	}
	return s.Fetch(w, set, &imap.FetchOptions{Flags: true})
}

// store changes flags and tells all other clients.
func (v *view) store(set imap.NumSet, op imap.StoreFlagsOp, flags []imap.Flag, by *imapserver.SessionTracker) {
	v.folder.mu.Lock()
	defer v.folder.mu.Unlock()
	for i, m := range v.folder.items {
		number := v.tracker.EncodeSeqNum(uint32(i) + 1)
		if number == 0 || !v.contains(set, number, m.uid) {
			continue
		}
		m.change(op, flags)
		v.folder.tracker.QueueMessageFlags(uint32(i)+1, m.uid, m.flagList(), by)
	}
	v.folder.tell()
}

func (s *imapSession) Expunge(_ *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	s.view.folder.remove(func(m *item) bool {
		return m.flags[imap.FlagDeleted] && (uids == nil || s.view.contains(*uids, 0, m.uid))
	})
	return nil
}

func (s *imapSession) Copy(set imap.NumSet, name string) (*imap.CopyData, error) {
	to := s.account.folder(name)
	if to == nil {
		return nil, no(imap.ResponseCodeTryCreate, "There is no such folder")
	}
	data := &imap.CopyData{UIDValidity: to.validity}
	for _, m := range s.view.pick(set) {
		data.SourceUIDs.AddNum(m.uid)
		data.DestUIDs.AddNum(to.add(m.raw, m.at, m.flags))
	}
	return data, nil
}

func (s *imapSession) Move(w *imapserver.MoveWriter, set imap.NumSet, name string) error {
	data, err := s.Copy(set, name)
	if err != nil {
		return err
	}
	if err := w.WriteCopyData(data); err != nil {
		return err
	}
	s.view.folder.remove(func(m *item) bool { return data.SourceUIDs.Contains(m.uid) })
	return nil // the EXPUNGE lines follow by Poll
}
