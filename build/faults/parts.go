package main

// part is a row of what is kept about reliability.
type part struct {
	name, title, aim string
	plays            []play
}

// play is one command that is read for what it counts.
type play struct {
	what    string
	command []string
	dir     string // "" for the repository's root
	env     []string
	quiet   bool // what its tests log is no count
	// Of the Go tests: where they are, and which.
	packages []string
	pattern  string
}

func parts(kills, histories, minutes, places string) []part {
	return []part{
		{"F1", "Killed at a random or stepped moment", "0 lost, 0 sent twice, 0 corrupt", killed("POSTVAK_KILLS=" + kills)},
		{"F2", "Histories of several desktops at one team log", "every desktop ends in the same state, no rule broken", historied(histories, "POSTVAK_MINUTES="+minutes)},
		{"F3", "Mail", "all parsed, something shown of all that have something, 95 / 90 / 95 % agreement; stress 1 s and 150 MB", []play{
			test("reference mail: parsed, shown, and as its sources' own tests state", "./backend/mime", "^TestCorpus"),
			test("mail made to hold a parser up", "./backend/mime", "^TestStress|Limit$|StayLinear$|^TestWhatIsTooLarge|^TestEveryPrefix"),
			test("our own seeds beside two peers", "./backend/mime", "^TestSeedsAgainstTheOracles"),
		}},
		{"F4", "Hostile HTML", "0 run, 0 reach the network; with either half of the protection off 0 run", []play{
			browsed("in Chromium, pointed at and clicked everywhere", "e2e/html.spec.ts"),
			browsed("in WebKitGTK, the window's engine on Linux", "e2e/webkit.spec.ts"),
		}},
		{"F5", "Faults of servers", "every case ends in its stated state, nothing lost", faulty()},
		{"F6", "Disk full, read-only, damaged", "said plainly, nothing acknowledged is lost, the cache rebuilds", []play{
			test("disk full and read-only", "./backend/sqlite ./backend/outbox", "FullDisk|ReadOnlyDatabase"),
			test("the database damaged at random places", "./backend/sqlite", "Damage", "POSTVAK_PLACES="+places),
		}},
	}
}
