package app

// demoTwilio is where the demo's Twilio is; "" outside of the demo.
func (a *App) demoTwilio() string { return "" }

// demoMeta is where the demo's Meta is.
func (a *App) demoMeta() string { return "" }
