package words

import "syscall"

// desktop asks Windows for the language of its screens (winnt.h: the low ten
// bits name the language).
func desktop() string {
	const languageBits, dutchNumber = 0x3ff, 0x13
	number, _, _ := syscall.NewLazyDLL("kernel32.dll").NewProc("GetUserDefaultUILanguage").Call()
	if number&languageBits == dutchNumber {
		return Dutch
	}
	return English
}
