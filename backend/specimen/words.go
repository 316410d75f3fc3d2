package specimen

import (
	"math"
	"math/rand/v2"
	"strings"
)

// Words that occur in a known share of the letters, for measuring search.
const (
	Common = "invoice"       // three in ten
	Middle = "warranty"      // one in a hundred
	Rare   = "kwartelstaart" // one in five thousand
	// Phrase stands together in one of fifty; its two words also stand apart.
	Phrase = "blue harbour"
)

// language has frequent words, and syllables of which the rare ones are made:
// word frequencies follow Zipf's law, as an index meets them in real mail.
type language struct {
	code      string
	charset   string // what its mail is sometimes written in instead of UTF-8
	frequent  []string
	syllables []string
	greeting  string
	closing   string
	wrote     string
	subjects  []string
}

const vocabulary = 12000

var languages = []language{
	{
		code: "en", charset: "iso-8859-1",
		frequent:  strings.Fields("the to and of a in is you that it for on with this we have are your be as was not please can order if my our from will at when has would but delivery received package thanks could there were still again today address number week"),
		syllables: strings.Fields("ab ber con den el fin gra hol in ker lan mor nor os pel qui ran sto ter un ver wil yar zen thi cra ble ton ing shire"),
		greeting:  "Hello", closing: "Kind regards,", wrote: "On %s, %s wrote:",
		subjects: []string{"Where is my order", "Question about my subscription", "Wrong size delivered", "Quote for the new office", "Login does not work", "Change of address"},
	},
	{
		code: "nl", charset: "iso-8859-1",
		frequent:  strings.Fields("de het een en van ik te dat die in is niet je op met voor aan er zijn om als maar ook dan nog wel naar bij heb uit kan deze door onze bestelling pakket graag alvast bedankt wanneer geleverd adres nummer week vandaag"),
		syllables: strings.Fields("aan be dijk eer ge huis in jaar ker lijk meen nij oor pel ra schap ter uit ver wij zeg heid ing veld bron stra ëel"),
		greeting:  "Beste", closing: "Met vriendelijke groet,", wrote: "Op %s schreef %s:",
		subjects: []string{"Waar blijft mijn bestelling", "Vraag over mijn abonnement", "Verkeerde maat ontvangen", "Offerte voor het nieuwe kantoor", "Inloggen lukt niet", "Adreswijziging"},
	},
	{
		code: "de", charset: "iso-8859-15",
		frequent:  strings.Fields("der die und in zu den das nicht von sie ist des sich mit dem dass er es ein ich auf so eine auch als an nach wie im für man aber aus durch wenn nur war noch werden bei Bestellung Lieferung bitte danke Rechnung über können"),
		syllables: strings.Fields("ab bau chen durch ein fahr ge haus isch keit lich mann nung ober platz ring schaft tag ung ver wald zeug über schön"),
		greeting:  "Guten Tag", closing: "Mit freundlichen Grüßen", wrote: "Am %s schrieb %s:",
		subjects: []string{"Wo ist meine Bestellung", "Frage zu meinem Vertrag", "Falsche Größe geliefert", "Angebot für das neue Büro", "Anmeldung nicht möglich"},
	},
	{
		code: "fr", charset: "windows-1252",
		frequent:  strings.Fields("de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec mais comme ou si leur nous vous commande livraison merci bonjour facture adresse numéro été très même aussi être après"),
		syllables: strings.Fields("a bou ceau dé é fran gue heur in jour leur ment neau oi pré que ron sion té u vau cham plê rière ton"),
		greeting:  "Bonjour", closing: "Cordialement,", wrote: "Le %s, %s a écrit :",
		subjects: []string{"Où est ma commande", "Question sur mon abonnement", "Taille incorrecte reçue", "Devis pour le nouveau bureau", "Connexion impossible"},
	},
	{
		code: "pl", charset: "iso-8859-2",
		frequent:  strings.Fields("i w na nie do to że się z jest za o jak ale co po od przez tak przy tylko jego czy już może mam proszę zamówienie paczka dziękuję faktura adres numer kiedy dzisiaj wciąż będzie także które"),
		syllables: strings.Fields("bie cza dro ga jed ko łą mie nia pro rze sta szy to ug wie wo zaś ży ność ski kra dło mów"),
		greeting:  "Dzień dobry", closing: "Z poważaniem", wrote: "%s %s napisał(a):",
		subjects: []string{"Gdzie jest moje zamówienie", "Pytanie o subskrypcję", "Zły rozmiar", "Wycena dla nowego biura"},
	},
	{
		code: "ru", charset: "koi8-r",
		frequent:  strings.Fields("и в не на я быть он с что а по это она этот к но они мы весь который из у от за свой вы так же для заказ посылка спасибо счёт адрес номер когда сегодня доставка пожалуйста ещё только можно"),
		syllables: strings.Fields("ба ва го де жи за ко ли мо на об пре ра ста ти у фо хо че ша ще ник ость ение ско"),
		greeting:  "Здравствуйте", closing: "С уважением,", wrote: "%s %s пишет:",
		subjects: []string{"Где мой заказ", "Вопрос о подписке", "Неверный размер", "Предложение для офиса"},
	},
	{
		code: "ja", charset: "iso-2022-jp",
		frequent:  strings.Fields("注文 商品 配送 確認 お願い ありがとう ございます について 住所 番号 請求書 届いて いません いつ 今日 昨日 変更 したい です ます から まで 連絡 ください お世話 なって おります"),
		syllables: strings.Fields("か き さ し た と な に は ほ ま み や ら り 日 本 東 京 新 品 会 社 山 川"),
		greeting:  "お世話になっております", closing: "よろしくお願いいたします。", wrote: "%s、%s:",
		subjects: []string{"注文について", "配送状況の確認", "請求書の住所変更"},
	},
}

// pickLanguage prefers the first ones, as a European team would see.
func pickLanguage(rng *rand.Rand) *language {
	shares := []float64{0.46, 0.70, 0.82, 0.90, 0.94, 0.98, 1}
	at := rng.Float64()
	for i, upTo := range shares {
		if at < upTo {
			return &languages[i]
		}
	}
	return &languages[0]
}

// word draws one word by Zipf's law: its rank is log-uniform.
func (l *language) word(rng *rand.Rand) string {
	rank := int(math.Exp(rng.Float64() * math.Log(vocabulary)))
	if rank <= len(l.frequent) {
		return l.frequent[rank-1]
	}
	return l.rareWord(rank)
}

// rareWord makes the word of a rank: always the same for the same rank.
func (l *language) rareWord(rank int) string {
	rng := rand.New(rand.NewPCG(uint64(rank), 7))
	var b strings.Builder
	for range 2 + rng.IntN(3) {
		b.WriteString(l.syllables[rng.IntN(len(l.syllables))])
	}
	return b.String()
}

// sentence has a capital where the language has them, and a full stop.
func (l *language) sentence(rng *rand.Rand) string {
	words := make([]string, 4+rng.IntN(14))
	for i := range words {
		words[i] = l.word(rng)
	}
	first := []rune(words[0])
	words[0] = strings.ToUpper(string(first[:1])) + string(first[1:])
	return strings.Join(words, " ") + "."
}
