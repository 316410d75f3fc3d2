package teamlog

import (
	"crypto/ed25519"
	"encoding/binary"
	"fmt"

	"github.com/sethvargo/go-diceware/diceware"
	"golang.org/x/crypto/scrypt"
)

// Making the words costs about a tenth of a second, so that nobody can search
// for a key that gives the words of somebody else's: 2^51 tries of that.
const (
	wordsCost   = 1 << 15
	wordsBlock  = 8
	wordsInList = 6 * 6 * 6 * 6 * 6
)

// Words are what a newcomer and an admin compare, on the phone say, before the
// newcomer is let in: they name the log, the newcomer's key and to whom
// secrets for it are sealed. It takes about a tenth of a second.
func Words(logID string, key ed25519.PublicKey, recipient string) (words [4]string, err error) {
	sum, err := scrypt.Key(proofText(logID, key, recipient, "", ""), []byte("postvak-words-v1"), wordsCost, wordsBlock, 1, 8*len(words))
	if err != nil {
		return words, fmt.Errorf("make the words: %w", err)
	}
	for i := range words {
		words[i] = word(binary.BigEndian.Uint64(sum[8*i:]))
	}
	return words, nil
}

// word takes one of the list's words by five throws of a die.
func word(number uint64) string {
	throws, place := 0, 1
	for left := number % wordsInList; place < 100_000; left /= 6 {
		throws += (int(left%6) + 1) * place
		place *= 10
	}
	return diceware.WordListEffLarge().WordAt(throws)
}
