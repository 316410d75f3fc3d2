package whatsapp

import "testing"

func TestWhereFilesAreFetchedFrom(t *testing.T) {
	real, err := hostsOf("")
	if err != nil {
		t.Fatal(err)
	}
	fake, err := hostsOf("http://127.0.0.1:8080")
	if err != nil {
		t.Fatal(err)
	}
	for address, may := range map[string]bool{
		"https://mms.twiliocdn.com/AC1/x?sig=1": true, "https://media.twiliocdn.com/x": true, "https://s3-external-1.amazonaws.com/media.twiliocdn.com/x": true,
		"https://api.twilio.com/x": true, "https://MMS.TWILIOCDN.COM/x": true, "https://mms.twiliocdn.com:443/x": true,
		"http://mms.twiliocdn.com/x": false, "https://mms.twiliocdn.com:22/x": false, "https://twiliocdn.com.evil.example/x": false, "https://eviltwiliocdn.com/x": false,
		"https://u:p@mms.twiliocdn.com/x": false, "https://example.com/": false, "https://10.0.0.1/": false, "file:///etc/passwd": false, "ftp://mms.twiliocdn.com/": false,
		"http://127.0.0.1:9/": false, "https://localhost/": false, "https://[::1]/": false, "https://content.twilio.com/x": false,
	} {
		if real.stores().Has(address) != may {
			t.Errorf("%s: %v", address, !may)
		}
	}
	if !fake.stores().Has("http://127.0.0.1:8080/cdn/x") {
		t.Error("the fake's own store is refused")
	}
}

// A page's address is followed to nowhere else.
func TestNextPage(t *testing.T) {
	for said, want := range map[string]string{
		"/2010-04-01/x?Page=1&PageToken=A%20b": "https://api.twilio.com/2010-04-01/x?Page=1&PageToken=A%20b",
		"https://api.twilio.com/y":             "https://api.twilio.com/y",
		"https://api.twilio.com.evil.example/": "", "//evil.example/": "", "http://api.twilio.com/y": "", "y": "", "https://evil.example/": "",
	} {
		if got, ok := next("https://api.twilio.com", said); got != want || ok != (want != "") {
			t.Errorf("%s: %q", said, got)
		}
	}
}

// The codes that a person may meet have words of their own; all others share one
// sentence.
func TestKnownCodesHaveTheirOwnWords(t *testing.T) {
	general := reason(99999)
	for _, code := range []int{63016, 63003, 63007, 63015, 63018, 63021, 63024, 63027, 63028, 63029, 63032, 63049, 30036} {
		if own := reason(code); own == general || own != reasons[code] {
			t.Errorf("%d: %q", code, own)
		}
	}
	if general == "" || codeText(63016) != "Twilio 63016" {
		t.Error("an unknown code has no words")
	}
}
