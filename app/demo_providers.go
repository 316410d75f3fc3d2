package app

import "context"

// demoTwilio is where the demo's Twilio is; "" outside of the demo.
func (a *App) demoTwilio() string {
	if a.demo == nil {
		return ""
	}
	return a.demo.chats.twilio.URL()
}

// demoMeta is where the demo's Meta is.
func (a *App) demoMeta() string {
	if a.demo == nil {
		return ""
	}
	return a.demo.chats.meta.URL()
}

// DemoProviders is how a program signs in to the demo's Twilio and Meta: to a
// sender and a page that nobody connected.
type DemoProviders struct {
	WhatsApp  DemoWhatsApp  `json:"whatsapp"`
	Messenger DemoMessenger `json:"messenger"`
}

// DemoWhatsApp is a sender of the demo's Twilio.
type DemoWhatsApp struct {
	BaseURL    string `json:"baseUrl"`
	AccountSid string `json:"accountSid"`
	APIKey     string `json:"apiKey"`
	APISecret  string `json:"apiSecret"`
	Sender     string `json:"sender"`
}

// DemoMessenger is a page of the demo's Meta.
type DemoMessenger struct {
	BaseURL   string `json:"baseUrl"`
	PageToken string `json:"pageToken"`
	Page      string `json:"page"`
}

// Providers says where the demo's Twilio and Meta are: Channels.ConnectWhatsApp
// and ConnectMessenger take it.
func (s *Sandbox) Providers() (DemoProviders, error) {
	return sandboxed(s, "Sandbox.Providers", func(_ context.Context, d *demo) (DemoProviders, error) {
		sid, key, secret := d.chats.twilio.Account()
		spare := d.chats.spare
		return DemoProviders{
			WhatsApp:  DemoWhatsApp{d.chats.twilio.URL(), sid, key, secret, demoSpareSender},
			Messenger: DemoMessenger{spare.URL(), spare.Token(), spare.PageID()},
		}, nil
	})
}
