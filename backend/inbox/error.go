package inbox

import (
	"errors"
	"fmt"
)

// Code classifies an error for the program. Its values are part of the outer
// contract.
type Code string

// The codes of the contract.
const (
	Invalid      Code = "invalid"
	Auth         Code = "auth"
	Forbidden    Code = "forbidden"
	NotFound     Code = "not_found"
	Conflict     Code = "conflict"
	WindowClosed Code = "window_closed"
	Unavailable  Code = "unavailable"
	Internal     Code = "internal"
)

// Error is a failure that a person is told about. Message is one sentence (or
// two) that says what is wrong and what to do; Detail is for "Details" and the
// log. Neither ever contains a secret.
type Error struct {
	Code    Code
	Message string
	Detail  string
	Err     error
}

// Errorf makes an Error whose message a person reads.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Because adds the cause, whose text becomes the detail.
func (e *Error) Because(err error) *Error {
	if err == nil {
		return e
	}
	return &Error{Code: e.Code, Message: e.Message, Detail: err.Error(), Err: err}
}

func (e *Error) Error() string {
	if e.Detail == "" {
		return e.Message
	}
	return e.Message + " (" + e.Detail + ")"
}

// Unwrap gives the cause, if there is one.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf gives the code of the first Error in err's chain, Internal for any
// other error and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// SentenceOf is what a person reads of an error; otherwise is said of one that is
// no *Error.
func SentenceOf(err error, otherwise string) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Message
	}
	return otherwise
}
