package app

import (
	"reflect"

	"postvak/app/words"
)

// language is the person's: that of settings, else the system's.
func (a *App) language() string {
	if known := a.speaks.Load(); known != nil {
		return *known
	}
	prefs, err := a.storedPreferences(a.ctx)
	if err != nil {
		return a.opt.Language
	}
	a.speaks.CompareAndSwap(nil, a.chosen(prefs)) // who saved meanwhile knows better
	return *a.speaks.Load()
}

func (a *App) chosen(p Preferences) *string {
	if p.Language == "" {
		p.Language = a.opt.Language
	}
	return &p.Language
}

// inWords gives a sentence of the program in the person's language.
func (a *App) inWords(sentence string) string { return words.In(a.language(), sentence) }

// say puts a result's fields that are tagged words:"own" into the person's
// language. Results leave the program through here.
func (a *App) say(result any) {
	if language := a.language(); language == words.Dutch {
		sayIn(language, reflect.ValueOf(result).Elem(), false)
	}
}

// sayIn goes through what can hold sentences. A list gets new memory: whoever
// gave it may still use it.
func sayIn(language string, v reflect.Value, own bool) {
	switch v.Kind() { //nolint:exhaustive // no other kind holds a sentence
	case reflect.String:
		if own {
			v.SetString(words.In(language, v.String()))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				sayIn(language, v.Field(i), field.Tag.Get("words") == "own")
			}
		}
	case reflect.Slice:
		if kind := v.Type().Elem().Kind(); kind != reflect.Struct && !own {
			return
		}
		fresh := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(fresh, v)
		v.Set(fresh)
		for i := range v.Len() {
			sayIn(language, v.Index(i), own)
		}
	}
}
