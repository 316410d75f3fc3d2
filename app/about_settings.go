package app

import (
	"context"

	"postvak/app/about"
	"postvak/backend/inbox"
)

// About says which Postvak this is, and what others wrote of it.
func (s *Settings) About() (About, error) {
	return do(s.app, "Settings.About", func(context.Context) (About, error) {
		all, err := about.Components()
		return About{
			Version: about.Version(), Commit: about.Commit(), Date: about.Date(),
			Licences: mapped(all, func(c about.Component) Component { return Component{c.Name, c.Version, c.Licence} }),
		}, err
	})
}

// Licence gives the text of the licences of something that is in the program.
func (s *Settings) Licence(name string) (string, error) {
	return do(s.app, "Settings.Licence", func(context.Context) (string, error) {
		all, err := about.Components()
		if err != nil {
			return "", err
		}
		for _, c := range all {
			if c.Name == name {
				return c.Text, nil
			}
		}
		return "", inbox.Errorf(inbox.NotFound, "There is nothing called %.100q in Postvak.", name)
	})
}
