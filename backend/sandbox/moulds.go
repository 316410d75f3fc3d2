package sandbox

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// moulds are what mails of customers, and answers to them, are made from. In a
// mould "{a|b|c}" stands for one of the three, and $word for something of the
// language's own: $first the author's name, $order a number, $city, $lamp.
type moulds struct {
	mails   []story
	replies map[string]story // by language
	answers map[string]story
	words   map[string]story
}

func readMoulds() (m moulds, err error) {
	if m.mails, err = readStories("mould-mails.txt"); err != nil {
		return m, err
	}
	for file, into := range map[string]*map[string]story{
		"mould-replies.txt": &m.replies, "mould-answers.txt": &m.answers, "mould-words.txt": &m.words,
	} {
		stories, err := readStories(file)
		if err != nil {
			return m, err
		}
		*into = map[string]story{}
		for _, s := range stories {
			(*into)[s.name] = s
		}
	}
	return m, nil
}

// made is a mail out of a mould.
type made struct {
	from    Person
	lang    string
	style   string
	subject string
	text    string
	files   []File
}

// mail makes the n-th mail. All moulds are used before one is used again, each
// time with another author.
func (m *moulds) mail(n int, r *rand.Rand) made {
	s := &m.mails[n%len(m.mails)]
	lang := s.fields["lang"]
	words := pick(m.words, lang)
	names := words.list("names")
	from := Person{Name: names[(n/len(m.mails)+r.IntN(len(names)))%len(names)]}
	from.Email = mailAddress(from.Name, choose(r, words.list("domains")), n)
	fill := func(text string) string { return spin(text, r, words, from.Name) }
	files, _ := makeFiles(s.steps[0].options["files"], s) // the tests make them all
	styles := []string{"gmail", "outlook", "apple"}
	return made{
		from: from, lang: lang, style: choose(r, styles), files: files,
		subject: fill(s.fields["subject"]), text: fill(s.steps[0].text),
	}
}

// reply makes what a customer writes back.
func (m *moulds) reply(who *customer, r *rand.Rand) string {
	s := pick(m.replies, who.lang)
	return spin(s.steps[r.IntN(len(s.steps))].text, r, pick(m.words, who.lang), who.Name)
}

// answer makes what a teammate answers to a customer's first mail.
func (m *moulds) answer(who *customer, r *rand.Rand) string {
	s := pick(m.answers, who.lang)
	return spin(s.steps[r.IntN(len(s.steps))].text, r, pick(m.words, who.lang), who.Name)
}

// list reads a field of several values.
func (s story) list(key string) []string {
	var all []string
	for value := range strings.SplitSeq(s.fields[key], ",") {
		all = append(all, strings.TrimSpace(value))
	}
	return all
}

func choose[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// spin fills a mould. The same words stand for the same thing all through it.
func spin(text string, r *rand.Rand, words story, name string) string {
	for {
		open := strings.LastIndexByte(text, '{')
		if open < 0 {
			break
		}
		length := strings.IndexByte(text[open:], '}')
		if length < 0 {
			break
		}
		chosen := choose(r, strings.Split(text[open+1:open+length], "|"))
		text = text[:open] + chosen + text[open+length+1:]
	}
	first, _, _ := strings.Cut(name, " ")
	return strings.NewReplacer(
		"$name", name, "$first", first, "$order", fmt.Sprintf("ZL-%05d", 20000+r.IntN(6000)),
		"$city", choose(r, words.list("cities")), "$lamp", choose(r, words.list("lamps")),
	).Replace(text)
}

// mailAddress makes a customer's address: by their name where it can be
// written in ASCII, else by a number.
func mailAddress(name, domain string, n int) string {
	folded := strings.NewReplacer("é", "e", "è", "e", "ë", "e", "ü", "u", "ö", "o", "ä", "a", "ß", "ss", "ç", "c", "ş", "s",
		"ı", "i", "ğ", "g", "ł", "l", "ń", "n", "ó", "o", "ą", "a", "ę", "e", "ś", "s", "ż", "z", "å", "a", "ô", "o", "ñ", "n",
		"í", "i", "á", "a", "ã", "a", "ú", "u").Replace(strings.ToLower(name))
	local := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r
		case r == ' ':
			return '.'
		}
		return -1
	}, folded)
	if strings.Trim(local, ".") == "" {
		local = "kontakt"
	}
	return fmt.Sprintf("%s%d@%s", local, n+1, domain)
}
