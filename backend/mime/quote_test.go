package mime

import (
	"testing"
)

func TestSplitQuoteFindsWhatEachProgramQuotes(t *testing.T) {
	for name, c := range map[string]struct{ text, own, quoted string }{
		"nothing quoted": {"Hello,\n\nOn Monday I wrote: no.\n", "Hello,\n\nOn Monday I wrote: no.\n", ""},
		"gmail": {
			"Yes.\n\nOn Tue, Mar 3, 2026 at 2:05 PM Ann <ann@example.org> wrote:\n\n> Three?\n> Four?\n",
			"Yes.", "On Tue, Mar 3, 2026 at 2:05 PM Ann <ann@example.org> wrote:\n\n> Three?\n> Four?"},
		"gmail, wrapped": {
			"Yes.\n\nOn Tue, Mar 3, 2026 at 2:05 PM Ann Longname <\nann.longname@example.org> wrote:\n\n> Three?\n",
			"Yes.", "On Tue, Mar 3, 2026 at 2:05 PM Ann Longname <\nann.longname@example.org> wrote:\n\n> Three?"},
		"gmail, Dutch": {
			"Ja.\n\nOp di 3 mrt 2026 om 14:05 schreef Ann <ann@example.nl>:\n> Drie?\n",
			"Ja.", "Op di 3 mrt 2026 om 14:05 schreef Ann <ann@example.nl>:\n> Drie?"},
		"gmail, German": {
			"Ja.\n\nAm Di., 3. März 2026 um 14:05 Uhr schrieb Ann <ann@example.de>:\n> Drei?\n",
			"Ja.", "Am Di., 3. März 2026 um 14:05 Uhr schrieb Ann <ann@example.de>:\n> Drei?"},
		"gmail, French": {
			"Oui.\n\nLe mar. 3 mars 2026 à 14:05, Ann <ann@example.fr> a écrit :\n> Trois ?\n",
			"Oui.", "Le mar. 3 mars 2026 à 14:05, Ann <ann@example.fr> a écrit :\n> Trois ?"},
		"apple": {
			"Yes.\n\n> On 3 Mar 2026, at 14:05, Ann <ann@example.org> wrote:\n> \n> Three?\n",
			"Yes.", "> On 3 Mar 2026, at 14:05, Ann <ann@example.org> wrote:\n> \n> Three?"},
		"outlook, old": {
			"Yes.\n\n-----Original Message-----\nFrom: Ann\nSent: Tuesday\nThree?\n",
			"Yes.", "-----Original Message-----\nFrom: Ann\nSent: Tuesday\nThree?"},
		"outlook, Dutch": {
			"Ja.\n\n________________________________\nVan: Ann <ann@example.nl>\nVerzonden: dinsdag 3 maart 2026 14:05\nAan: Info\nOnderwerp: Brood\n\nDrie?\n",
			"Ja.", "________________________________\nVan: Ann <ann@example.nl>\nVerzonden: dinsdag 3 maart 2026 14:05\nAan: Info\nOnderwerp: Brood\n\nDrie?"},
		"outlook, German": {
			"Ja.\n\nVon: Ann\nGesendet: Dienstag\nAn: Info\nBetreff: Brot\n\nDrei?\n",
			"Ja.", "Von: Ann\nGesendet: Dienstag\nAn: Info\nBetreff: Brot\n\nDrei?"},
		"outlook, French": {
			"Oui.\n\nDe : Ann\nEnvoyé : mardi\nÀ : Info\nObjet : Pain\n\nTrois ?\n",
			"Oui.", "De : Ann\nEnvoyé : mardi\nÀ : Info\nObjet : Pain\n\nTrois ?"},
		"a quote without introduction": {"Yes.\n> Three?\n>> Two?\n\n", "Yes.", "> Three?\n>> Two?"},
		"answered below": {
			"On 3 Mar 2026 at 14:05, Ann wrote:\n> Three?\n\nYes, three.\n",
			"Yes, three.", "On 3 Mar 2026 at 14:05, Ann wrote:\n> Three?"},
		"answered piece by piece": {
			"On 3 Mar 2026 at 14:05, Ann wrote:\n> Three?\nYes.\n> Four?\nNo.\n",
			"On 3 Mar 2026 at 14:05, Ann wrote:\n> Three?\nYes.\n> Four?\nNo.\n", ""},
		"forwarded": {
			"See below.\n\n---------- Forwarded message ---------\nFrom: Ann\nDate: Tue\nSubject: x\nTo: y\n\nThree?\n",
			"See below.\n\n---------- Forwarded message ---------\nFrom: Ann\nDate: Tue\nSubject: x\nTo: y\n\nThree?\n", ""},
		"nothing but a quote": {"> Three?\n", "> Three?\n", ""},
		"empty":               {"", "", ""},
	} {
		own, quoted := SplitQuote(c.text)
		if own != c.own || quoted != c.quoted {
			t.Errorf("%s:\n got %q, %q\nwant %q, %q", name, own, quoted, c.own, c.quoted)
		}
	}
}

func TestPreviewShowsTheAuthorsOwnWords(t *testing.T) {
	for _, c := range []struct {
		text string
		max  int
		want string
	}{
		{"Yes,  three.\nThanks\n\nOn Tue, 3 Mar 2026 Ann <a@b.example> wrote:\n> Three?", 100, "Yes, three. Thanks"},
		{"> Three?\nYes.", 100, "Yes."},
		{"> Three?\n> Four?", 100, "Three? Four?"},
		{"abcdef", 3, "abc"},
		{"こんにちは", 2, "こん"},
		{"Hi\n-- \nAnn", 100, "Hi"},
		{"_____________\nHi", 100, "Hi"},
		{"", 10, ""},
	} {
		equal(t, "preview", Preview(c.text, c.max), c.want)
	}
}
