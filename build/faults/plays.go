package main

import (
	"slices"
	"strings"
)

// test is a play of the Go tests of some packages that a pattern names.
func test(what, packages, pattern string, env ...string) play {
	command := slices.Concat([]string{"go", "test", "-count=1", "-v", "-timeout", "0", "-run", pattern}, strings.Fields(packages))
	return play{what: what, command: command, env: env, packages: strings.Fields(packages), pattern: pattern}
}

// browsed is a play of the browser tests of a file.
func browsed(what, file string) play {
	return play{what: what, dir: "frontend", env: []string{"POSTVAK_PAYLOADS=all"}, command: []string{"npm", "run", "--silent", "test:e2e", "--", file}}
}

func (p play) with(flags ...string) play {
	p.command = append(p.command, flags...)
	return p
}

// killed are real processes that are killed at random moments, and every step
// of what has steps.
func killed(size string) []play {
	return []play{
		test("send and sync, at random moments: the program", "./build/proof", "Killed", size),
		test("send and sync, at random moments: cache, intake and outbox alone", "./backend/outbox", "KilledForReal$", size),
		test("send, at every step of every outcome", "./backend/outbox", "KilledAnywhere$|^TestKilledBeforeTheLastByte"),
		test("close, assign and note, at every write and every append", "./backend/teamsync", "^TestKilled|^TestTheConnectionEndsAtEvery"),
		test("link: notes at the CRM, whoever dies whenever", "./backend/crm", "^TestEachMessageOnce|^TestTheSimulation"),
		test("migrate, from every version, at random moments and at every step", "./backend/sqlite", "^TestKilled|^TestARebuildCutShort", size),
	}
}

func historied(histories, minutes string) []play {
	checks := "-rapid.checks=" + histories
	log := test("the log on each of Dovecot's ways to store mail", "./backend/imaplog", ".", "POSTVAK_FORMATS=all")
	log.quiet = true
	return []play{
		test("the rules alone", "./backend/teamlog", "^TestEveryHistory", minutes).with(checks),
		test("whole desktops", "./backend/teamsync", "^TestEveryHistory", minutes).with(checks),
		log,
	}
}

func faulty() []play {
	return []play{
		test("IMAP: scripted servers, cut at every byte, endless lines, wrong counts, no STARTTLS", "./backend/imap",
			"Fails|Breaks|Silence|Refus|Without|NoUIDValidity|BadMessage|AnyShape|ShortBodies|CutAtEveryByte|AnotherUIDValidity|Mending|NoLine|LargeLiteral|Takes|HungUp|Throttling|SigningIn"),
		test("IMAP: folders numbered anew, servers that go away", "./backend/email ./backend/sqlite", "NumberedAnew|SurvivesCuts|Renumbered|StoreThatFails|RenamedFolder|SetAside|NewNumbering"),
		test("SMTP: every answer at every verb, cut at every byte, no STARTTLS", "./backend/email", "EveryAnswer|CutAtEveryByte|LostAnswer|Nothing|Stopping|STARTTLS|LoneLineEnds"),
		test("what becomes of a message then", "./backend/outbox", "^TestEveryOutcome|^TestRandom"),
		test("REST, all kinds", "./backend/rest", "."),
		test("REST: Twilio", "./backend/whatsapp", "Fault|Ends|Lost|Refus|Revoked|WithoutAnEnd|Cut|GoesToNobody|NoTexts"),
		test("REST: Meta", "./backend/messenger", "Failure|Cut|OtherTypes|Hostile|Endless|EndedAt|NeverDoubled|WithoutAnEnd|TakenBack"),
		test("REST: Pipedrive", "./backend/pipedrive", "Failure|WhateverFails|OrNot|OtherTypes|Hostile|Endless|NobodyThere|HalfThat"),
		test("sign-in with tokens", "./backend/oauth", "."),
	}
}
