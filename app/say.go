package app

import (
	"cmp"
	"reflect"

	"postvak/app/words"
)

// language is the person's: that of settings, else the system's.
func (a *App) language() string {
	if a.speaks.Load() == nil {
		prefs, err := a.storedPreferences(a.ctx)
		if err != nil {
			return a.systemLanguage()
		}
		a.speaks.CompareAndSwap(nil, &prefs.Language) // who saved meanwhile knows better
	}
	return cmp.Or(*a.speaks.Load(), a.systemLanguage())
}

// systemLanguage is what to speak where settings leave it to the system. On a
// machine that says none, such as one in an office without a screen, it is that
// of the browser that opened Postvak last; "" is for nobody knows.
func (a *App) systemLanguage() string {
	if browsers := a.browsers.Load(); a.opt.Language == "" && browsers != nil {
		return *browsers
	}
	return a.opt.Language
}

// openedIn is told which language the browser's person reads.
func (a *App) openedIn(language string) {
	if language != "" {
		a.browsers.Store(&language)
	}
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
