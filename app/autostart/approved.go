package autostart

// switchedOff reads the task manager's note: its first byte is odd for what the
// person switched off. No note means on.
func switchedOff(note []byte) bool { return len(note) > 0 && note[0]&1 == 1 }
