package notify

import (
	"context"
	"time"
)

type digest struct{}

func (n *Notify) step(context.Context) { _ = n.take(); _ = time.Now }
