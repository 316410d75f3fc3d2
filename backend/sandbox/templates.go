package sandbox

// ChatTemplate is a WhatsApp template of the demo's company: what its maker wrote
// for customers who did not write lately, and how far its approval is.
type ChatTemplate struct {
	ID, Name, Language, Body string
	Status                   string // "": approved
	Reason                   string // why it was refused
	Category                 string // "": the usual one
}

// ChatTemplates lists them.
func ChatTemplates() []ChatTemplate {
	return []ChatTemplate{
		{ID: "HX7a6c2d6c657665726400000000000001", Name: "levering_vraag", Language: "nl", Body: "Dag {{1}}, we hebben een vraag over je bestelling {{2}}. Wil je even antwoorden?"},
		{ID: "HX7a6c2d6c657665726400000000000002", Name: "delivery_question", Language: "en", Body: "Hello {{1}}, we have a question about your order {{2}}. Could you reply here?"},
		{ID: "HX7a6c2d6c657665726400000000000003", Name: "klaar_om_op_te_halen", Language: "nl", Body: "Je lamp is klaar! Je kunt hem ophalen in de werkplaats. Tot ziens, {{naam}}."},
		{ID: "HX7a6c2d6c657665726400000000000004", Name: "najaarsactie", Language: "nl", Body: "Deze week 10 procent korting op alle hanglampen.", Status: "pending", Category: "MARKETING"},
		{ID: "HX7a6c2d6c657665726400000000000005", Name: "gratis_lamp", Language: "nl", Body: "Gefeliciteerd {{1}}!!! Klik snel.", Status: "rejected", Reason: "It looks like a prize draw.", Category: "MARKETING"},
	}
}
