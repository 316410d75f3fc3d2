package teamlog

// KindCount says how many kinds of event there are.
func KindCount() int { return len(kinds) }
