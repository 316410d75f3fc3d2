package messenger

// Delivers says whether files are fetched from an address.
func (a *Account) Delivers(address string) bool { return a.stores().Has(address) }
