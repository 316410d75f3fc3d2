package sandbox

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The demo's mails are written in plain files. A file has stories:
//
//	=== name
//	key: value                 of the whole story
//
//	--- in 2d3h key=value      what happened, how long ago
//	its text
//
//go:embed content/*.txt
var content embed.FS

// story is one conversation, or one mould that conversations are made from.
type story struct {
	name   string
	fields map[string]string
	steps  []step
}

// step is one thing that happens in a story.
type step struct {
	do      string // in, out, or an act of the team
	ago     time.Duration
	options map[string]string
	text    string
}

// readStories reads one file of the content.
func readStories(file string) ([]story, error) {
	data, err := content.ReadFile("content/" + file)
	if err != nil {
		return nil, err
	}
	stories, err := parseStories(string(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return stories, nil
}

func parseStories(text string) (stories []story, err error) {
	for block := range strings.SplitSeq("\n"+text, "\n=== ") {
		name, rest, _ := strings.Cut(block, "\n")
		if name = strings.TrimSpace(name); name == "" || len(stories) == 0 && strings.HasPrefix(name, "#") {
			continue
		}
		s, err := parseStory(name, rest)
		if err != nil {
			return nil, fmt.Errorf("story %s: %w", name, err)
		}
		stories = append(stories, s)
	}
	return stories, nil
}

func parseStory(name, text string) (story, error) {
	s := story{name: name, fields: map[string]string{}}
	head, rest, _ := strings.Cut("\n"+text, "\n--- ")
	for line := range strings.Lines(head) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		key, value, found := strings.Cut(line, ":")
		if !found {
			return s, fmt.Errorf("%q is no field", line)
		}
		s.fields[key] = strings.TrimSpace(value)
	}
	if rest == "" {
		return s, nil
	}
	for block := range strings.SplitSeq(rest, "\n--- ") {
		parsed, err := parseStep(block)
		if err != nil {
			return s, err
		}
		s.steps = append(s.steps, parsed)
	}
	return s, nil
}

func parseStep(block string) (step, error) {
	head, text, _ := strings.Cut(block, "\n")
	words := strings.Fields(head)
	if len(words) == 0 {
		return step{}, fmt.Errorf("a step says nothing")
	}
	p := step{do: words[0], options: map[string]string{}, text: strings.Trim(text, "\n")}
	for i, word := range words[1:] {
		key, value, found := strings.Cut(word, "=")
		if found {
			p.options[key] = value
			continue
		}
		ago, err := parseAgo(word)
		if err != nil || i > 0 {
			return p, fmt.Errorf("step %q: %q is neither a time nor an option", head, word)
		}
		p.ago = ago
	}
	return p, nil
}

// parseAgo reads "5w", "2d3h" or "40m".
func parseAgo(text string) (total time.Duration, err error) {
	units := map[byte]time.Duration{'w': 7 * 24 * time.Hour, 'd': 24 * time.Hour, 'h': time.Hour, 'm': time.Minute}
	for rest := text; rest != ""; {
		end := strings.IndexAny(rest, "wdhm")
		if end < 1 {
			return 0, fmt.Errorf("%q is no time", text)
		}
		n, err := strconv.Atoi(rest[:end])
		if err != nil {
			return 0, fmt.Errorf("%q is no time", text)
		}
		total += time.Duration(n) * units[rest[end]]
		rest = rest[end+1:]
	}
	return total, nil
}

// people reads "Name <address>" fields: "from", and others by their key.
func (s *story) person(key string) (Person, error) {
	return parseAddress(s.fields[key], "")
}
