package storetest_test

import (
	"testing"

	"postvak/backend/teamsync"
	"postvak/backend/teamsync/storetest"
)

func TestMemory(t *testing.T) {
	storetest.Run(t, func(*testing.T) teamsync.Store { return storetest.NewMemory() })
}
