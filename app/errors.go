package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"runtime/debug"
	"time"

	"postvak/app/words"
	"postvak/backend/inbox"
)

// callLimit is how long any call may take. Those that ask a server answer
// within it, by the contract.
const callLimit = 30 * time.Second

// Failure is an error as it crosses to the screen and to scripts.
type Failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Detail  string `json:"detail"`
}

// failureOf turns any error into what the caller may see, its sentence in the
// person's language. All errors leave the program through here.
func (a *App) failureOf(err error) Failure {
	var known *inbox.Error
	if errors.As(err, &known) {
		return Failure{Code: string(known.Code), Message: a.inWords(known.Message), Detail: known.Detail}
	}
	return Failure{Code: string(inbox.Internal), Message: a.inWords(somethingWrong), Detail: err.Error()}
}

// Sentence is what a person reads on standard error when the program could not
// start, in the system's language: settings may be what could not be read.
func Sentence(err error) string {
	var known *inbox.Error
	if !errors.As(err, &known) {
		return words.In(words.System(), fmt.Sprintf("Postvak could not start: %s", err))
	}
	return words.In(words.System(), known.Error())
}

const somethingWrong = "Something went wrong inside Postvak. Try again, and restart it if that does not help."

// formatError is Wails's ErrorFormatter. It must give a string, or the window
// never hears of the error; the headless bridge rejects with the same string.
func (a *App) formatError(err error) any {
	text, _ := json.Marshal(a.failureOf(err))
	return string(text)
}

var statusOf = map[inbox.Code]int{
	inbox.Invalid:      http.StatusBadRequest,
	inbox.Auth:         http.StatusUnauthorized,
	inbox.Forbidden:    http.StatusForbidden,
	inbox.NotFound:     http.StatusNotFound,
	inbox.Conflict:     http.StatusConflict,
	inbox.WindowClosed: http.StatusConflict,
	inbox.Unavailable:  http.StatusServiceUnavailable,
	inbox.Internal:     http.StatusInternalServerError,
}

// do runs one call of the contract: under the program's context and a limit,
// with panics caught (in the window a panic would leave the caller waiting for
// ever), errors that a person understands, and lists that are never null.
func do[T any](a *App, name string, f func(context.Context) (T, error)) (result T, err error) {
	return doWithin(a, name, callLimit, f)
}

// doWithin is do with another limit.
func doWithin[T any](a *App, name string, limit time.Duration, f func(context.Context) (T, error)) (result T, err error) {
	ctx, cancel := context.WithTimeout(a.ctx, limit)
	defer cancel()
	defer func() {
		if cause := recover(); cause != nil {
			a.log.Error("call panicked", "call", name, "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
			err = inbox.Errorf(inbox.Internal, somethingWrong)
		}
	}()
	if err = a.allowed(name); err == nil {
		result, err = f(ctx)
	}
	if err != nil {
		var zero T
		return zero, a.told(name, err)
	}
	fillNil(reflect.ValueOf(&result).Elem())
	a.say(&result)
	return result, nil
}

// run is do for calls without a result.
func (a *App) run(name string, f func(context.Context) error) error {
	_, err := do(a, name, func(ctx context.Context) (struct{}, error) { return struct{}{}, f(ctx) })
	return err
}

// told logs an error once and gives it a code and a sentence.
func (a *App) told(name string, err error) error {
	var known *inbox.Error
	switch {
	case errors.As(err, &known):
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		known = inbox.Errorf(inbox.Unavailable, "That took too long and was given up. Try again.").Because(err)
	default:
		known = inbox.Errorf(inbox.Internal, somethingWrong).Because(err)
	}
	known = &inbox.Error{Code: known.Code, Message: a.known.hide(known.Message), Detail: a.known.hide(known.Detail), Err: err}
	if known.Code == inbox.Internal {
		a.log.Error("call failed", "call", name, "error", known.Error())
	} else {
		a.log.Debug("call refused", "call", name, "code", string(known.Code), "error", known.Error())
	}
	return known
}

// fillNil makes nil slices and maps empty ones: in JSON they would be null.
func fillNil(v reflect.Value) {
	switch v.Kind() { //nolint:exhaustive // no other kind can be nil in JSON
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fillNil(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		if kind := v.Type().Elem().Kind(); kind != reflect.Struct && kind != reflect.Slice {
			return
		}
		for i := range v.Len() {
			fillNil(v.Index(i))
		}
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
	}
}

func notBuilt(name string) error {
	return inbox.Errorf(inbox.NotFound, "There is no call named %q.", name)
}
