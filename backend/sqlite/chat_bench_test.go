package sqlite

import (
	"fmt"
	"testing"

	"postvak/backend/inbox"
)

// BenchmarkLongChat is one more message in a chat of years, and a look at it.
func BenchmarkLongChat(b *testing.B) {
	for _, size := range []int{1000, 10000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			db, _ := newChat(b)
			all := make([]inbox.Fetched, size)
			for i := range all {
				all[i] = says(phone, i, zoe)
			}
			polls(b, db, phone, all...)
			next := size
			b.Run("arrives", func(b *testing.B) {
				for b.Loop() {
					polls(b, db, phone, says(phone, next, zoe))
					next++
				}
			})
			b.Run("opens", func(b *testing.B) {
				for b.Loop() {
					open(b, db, all[0].Message.Key)
				}
			})
		})
	}
}
