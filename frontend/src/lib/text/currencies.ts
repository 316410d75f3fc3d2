/** What amounts are offered in, by ISO 4217; the most likely ones first. */
export const currencies = ["EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "TRY", "CAD", "AUD", "NZD", "JPY", "CNY", "INR", "BRL", "ZAR"] as const;
