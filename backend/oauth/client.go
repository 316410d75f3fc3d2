package oauth

import (
	"context"
	"net/http"
	"strings"

	"golang.org/x/oauth2"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// Config says as which program and where to sign in. Provider and ClientID are
// required.
type Config struct {
	Provider     Provider
	ClientID     string
	ClientSecret string       // "" for a public client
	HTTP         *http.Client // its Transport is used, never its redirects; nil: the program's
	Clock        run.Clock    // nil: run.System
	// Say puts the sentences of the page that the browser ends on into the
	// person's language. Nil leaves them in English.
	Say func(english string) string
}

// Client signs people in. It is safe for concurrent use; each sign-in has its
// own listener, which ends with its call.
type Client struct{ cfg Config }

// New makes a client. Nothing is asked yet.
func New(cfg Config) *Client {
	if cfg.Clock == nil {
		cfg.Clock = run.System
	}
	if cfg.Say == nil {
		cfg.Say = func(english string) string { return english }
	}
	if cfg.HTTP == nil {
		cfg.HTTP = http.DefaultClient
	}
	return &Client{cfg: cfg}
}

const mostID = 300 // characters of a client id; Google's have about 72

// check refuses what must not be tried.
func (c *Client) check() error {
	id := c.cfg.ClientID
	switch {
	case c.cfg.Provider.name == "" || !c.cfg.Provider.safe():
		return inbox.Errorf(inbox.Invalid, "The address of the sign-in server must begin with https.")
	case id == "" || len(id) > mostID || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return inbox.Errorf(inbox.Invalid, "The client id is missing or wrong. Copy it from the page on which your company's client was registered.")
	}
	return nil
}

// config is what the library needs. The secret is the token's where it has one:
// the client may have been made without.
func (c *Client) config(secret, redirect string) *oauth2.Config {
	p := c.cfg.Provider
	return &oauth2.Config{ClientID: c.cfg.ClientID, ClientSecret: secret, Endpoint: p.endpoint, RedirectURL: redirect, Scopes: p.scopes}
}

// lasting makes the token of a first answer. One that does not last is of no use
// to a program that reads mail all day.
func (c *Client) lasting(answer *oauth2.Token) (Token, error) {
	granted, _ := answer.Extra("scope").(string)
	if c.cfg.Provider.name == NameGoogle && granted != "" && !strings.Contains(granted, c.cfg.Provider.scopes[0]) {
		return Token{}, inbox.Errorf(inbox.Auth, "Google was not allowed to let Postvak read and send mail. Sign in again, and leave the permission for mail ticked.")
	}
	if answer.RefreshToken == "" {
		return Token{}, inbox.Errorf(inbox.Auth, "The sign-in at %s would end within the hour. Check how your company's client was registered, then sign in again.", c.cfg.Provider.title)
	}
	return c.token(answer, c.cfg.ClientSecret), nil
}

// token is an answer as it is kept.
func (c *Client) token(answer *oauth2.Token, secret string) Token {
	t := Token{Refresh: answer.RefreshToken, Access: answer.AccessToken, ClientSecret: secret}
	if answer.ExpiresIn > 0 {
		t.Expires = c.cfg.Clock.Now().Add(useful(answer.ExpiresIn))
	}
	return t
}

// refresh asks for a new access token.
func (c *Client) refresh(ctx context.Context, t Token) (Token, *failure) {
	secret := t.ClientSecret
	if secret == "" {
		secret = c.cfg.ClientSecret
	}
	answer, err := c.config(secret, "").TokenSource(c.strictly(ctx), &oauth2.Token{RefreshToken: t.Refresh}).Token()
	if err != nil {
		return Token{}, c.failed(err)
	}
	return c.token(answer, t.ClientSecret), nil
}
