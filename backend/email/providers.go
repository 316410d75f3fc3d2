package email

import "postvak/backend/inbox"

// provider is where a mail provider's servers are.
type provider struct {
	imap, smtp string
	smtpPort   int // 465 is TLS, 587 STARTTLS
}

// The providers, by what is common to their customers' settings.
var (
	gmail     = provider{"imap.gmail.com", "smtp.gmail.com", 465}
	microsoft = provider{"outlook.office365.com", "smtp.office365.com", 587}
	outlook   = provider{"outlook.office365.com", "smtp-mail.outlook.com", 587}
	yahoo     = provider{"imap.mail.yahoo.com", "smtp.mail.yahoo.com", 465}
	icloud    = provider{"imap.mail.me.com", "smtp.mail.me.com", 587}
	gmx       = provider{"imap.gmx.net", "mail.gmx.net", 465}
	fastmail  = provider{"imap.fastmail.com", "smtp.fastmail.com", 465}
	zohoCom   = provider{"imap.zoho.com", "smtp.zoho.com", 465}
	zohoEU    = provider{"imap.zoho.eu", "smtp.zoho.eu", 465}
	ziggo     = provider{"imap.ziggo.nl", "smtp.ziggo.nl", 587}
	kpn       = provider{"imap.kpnmail.nl", "smtp.kpnmail.nl", 587}
	transip   = provider{"imap.transip.email", "smtp.transip.email", 465}
	strato    = provider{"imap.strato.de", "smtp.strato.de", 465}
	ionosDE   = provider{"imap.ionos.de", "smtp.ionos.de", 465}
	ionosCom  = provider{"imap.ionos.com", "smtp.ionos.com", 587}
	ovh       = provider{"ssl0.ovh.net", "ssl0.ovh.net", 465}
)

// byDomain names the providers of addresses that everybody can have.
var byDomain = map[string]provider{
	"gmail.com": gmail, "googlemail.com": gmail,
	"outlook.com": outlook, "hotmail.com": outlook, "live.com": outlook, "msn.com": outlook,
	"outlook.nl": outlook, "hotmail.nl": outlook, "live.nl": outlook, "outlook.de": outlook, "hotmail.de": outlook, "live.de": outlook,
	"hotmail.fr": outlook, "outlook.fr": outlook, "live.fr": outlook, "hotmail.co.uk": outlook, "live.co.uk": outlook, "outlook.be": outlook, "hotmail.be": outlook,
	"yahoo.com": yahoo, "ymail.com": yahoo, "rocketmail.com": yahoo, "yahoo.de": yahoo, "yahoo.fr": yahoo, "yahoo.co.uk": yahoo, "yahoo.it": yahoo, "yahoo.es": yahoo,
	"icloud.com": icloud, "me.com": icloud, "mac.com": icloud,
	"gmx.net": gmx, "gmx.de": gmx, "gmx.at": gmx, "gmx.ch": gmx, "gmx.com": {"imap.gmx.com", "mail.gmx.com", 465},
	"web.de": {"imap.web.de", "smtp.web.de", 587}, "t-online.de": {"secureimap.t-online.de", "securesmtp.t-online.de", 465},
	"posteo.de": {"posteo.de", "posteo.de", 465}, "mailbox.org": {"imap.mailbox.org", "smtp.mailbox.org", 465},
	"fastmail.com": fastmail, "fastmail.fm": fastmail, "zoho.com": zohoCom, "zohomail.com": zohoCom, "zoho.eu": zohoEU, "zohomail.eu": zohoEU,
	"ziggo.nl": ziggo, "ziggomail.com": ziggo, "home.nl": ziggo, "upcmail.nl": ziggo, "casema.nl": ziggo, "chello.nl": ziggo, "quicknet.nl": ziggo, "multiweb.nl": ziggo,
	"kpnmail.nl": kpn, "kpnplanet.nl": kpn, "planet.nl": kpn, "hetnet.nl": kpn, "telfort.nl": kpn, "xs4all.nl": {"imap.xs4all.nl", "smtp.xs4all.nl", 587},
	"telenet.be": {"imap.telenet.be", "smtp.telenet.be", 587}, "aol.com": {"imap.aol.com", "smtp.aol.com", 465},
	"orange.fr": {"imap.orange.fr", "smtp.orange.fr", 465}, "free.fr": {"imap.free.fr", "smtp.free.fr", 465},
	"laposte.net": {"imap.laposte.net", "smtp.laposte.net", 465}, "libero.it": {"imapmail.libero.it", "smtp.libero.it", 465},
}

// byExchanger names the providers of a company's own domain, by the end of the
// name of the server that takes its mail (MX).
var byExchanger = []struct {
	end string
	provider
}{
	{"google.com", gmail}, {"googlemail.com", gmail}, {"mail.protection.outlook.com", microsoft}, {"mx.microsoft", microsoft},
	{"yahoodns.net", yahoo}, {"mail.icloud.com", icloud}, {"messagingengine.com", fastmail},
	{"zoho.com", zohoCom}, {"zoho.eu", zohoEU}, {"transip.email", transip}, {"transip.nl", transip},
	{"rzone.de", strato}, {"strato.com", strato}, {"kundenserver.de", ionosDE}, {"ionos.de", ionosDE}, {"ionos.com", ionosCom}, {"1and1.com", ionosCom},
	{"mail.ovh.net", ovh}, {"ovh.net", ovh}, {"gandi.net", provider{"mail.gandi.net", "mail.gandi.net", 465}},
	{"one.com", provider{"imap.one.com", "send.one.com", 465}}, {"infomaniak.ch", provider{"mail.infomaniak.com", "mail.infomaniak.com", 465}},
	{"hostnet.nl", provider{"imap.hostnet.nl", "smtp.hostnet.nl", 587}}, {"mailbox.org", provider{"imap.mailbox.org", "smtp.mailbox.org", 465}},
}

func (p provider) servers(user string) (imap, smtp inbox.Server) {
	return inbox.Server{Host: p.imap, Port: 993, Security: inbox.TLS, Username: user}, submission(p.smtp, p.smtpPort, user)
}

func submission(host string, port int, user string) inbox.Server {
	s := inbox.Server{Host: host, Port: port, Security: inbox.TLS, Username: user}
	if port != 465 {
		s.Security = inbox.STARTTLS
	}
	return s
}
