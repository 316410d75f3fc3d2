package app

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"postvak/backend/inbox"
)

// One instance runs per folder: the one that holds the lock. Beside it lies
// where it listens for the arguments of a second start.
const (
	lockName     = "lock"
	instanceName = "instance"
)

// ErrRunning says that another instance holds the folder; it was given the
// link, if there was one.
var ErrRunning = errors.New("already running with this folder")

var errLocked = errors.New("locked")

// handOverLimit is how long a second start tries to reach the first, which
// may still be starting.
const handOverLimit = 5 * time.Second

// Instance is the hold on a folder.
type Instance struct {
	Dir      string
	lock     *os.File
	listener net.Listener
	token    string
	links    chan string
	served   sync.WaitGroup
}

// Acquire takes a folder, or gives the link to the instance that has it and
// returns ErrRunning.
func Acquire(dir, link string) (*Instance, error) {
	lock, err := takeLock(dir)
	if errors.Is(err, errLocked) {
		if err := handOver(dir, link); err != nil {
			return nil, err
		}
		return nil, ErrRunning
	}
	if err != nil {
		return nil, err
	}
	in := &Instance{Dir: dir, lock: lock, token: rand.Text(), links: make(chan string, 8)}
	if err := in.listen(); err != nil {
		lock.Close()
		return nil, cannotWrite(dir, err)
	}
	return in, nil
}

// takeLock locks a folder. A lock file that was removed after it was opened, with
// everything else in the folder, keeps nobody else out: it is taken anew.
func takeLock(dir string) (*os.File, error) {
	path := filepath.Join(dir, lockName)
	err := errors.New("the lock is removed again and again")
	for range 10 {
		if err := makeDir(dir); err != nil {
			return nil, err
		}
		lock, failed := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if failed != nil {
			err = failed // the folder may have gone in between
			continue
		}
		switch err := lockFile(lock); {
		case err == nil && stands(lock, path):
			return lock, nil
		case errors.Is(err, errLocked):
			lock.Close()
			return nil, err
		case err != nil:
			lock.Close()
			return nil, cannotWrite(dir, err)
		}
		lock.Close()
	}
	return nil, cannotWrite(dir, err)
}

// stands says whether an open file is the one of that name.
func stands(file *os.File, path string) bool {
	held, err := file.Stat()
	named, other := os.Stat(path)
	return err == nil && other == nil && os.SameFile(held, named)
}

func cannotWrite(dir string, err error) error {
	return inbox.Errorf(inbox.Internal, "The folder %s cannot be used. Check its permissions and the disk's free space, "+
		"or choose another one with --data.", dir).Because(err)
}

type whereabouts struct {
	Address string `json:"address"`
	Token   string `json:"token"`
}

// listen opens the door for second starts, on loopback. The token keeps other
// users of the computer out.
func (in *Instance) listen() error {
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	in.listener = listener
	text, _ := json.Marshal(whereabouts{listener.Addr().String(), in.token})
	path := filepath.Join(in.Dir, instanceName)
	temp := path + ".new"
	if err := os.WriteFile(temp, text, 0o600); err != nil {
		listener.Close()
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		listener.Close()
		return err
	}
	in.served.Add(1)
	go in.serve()
	return nil
}

// Links gives the deep links of second starts; "" only asks for the window.
func (in *Instance) Links() <-chan string { return in.links }

// maxKnocks is how many are listened to at once. Anybody on the computer can
// connect: who says nothing must not keep a second start waiting.
const maxKnocks = 64

func (in *Instance) serve() {
	defer in.served.Done()
	slots := make(chan struct{}, maxKnocks)
	for {
		conn, err := in.listener.Accept()
		if err != nil {
			return
		}
		slots <- struct{}{}
		in.served.Go(func() {
			defer func() { <-slots }()
			in.answer(conn)
		})
	}
}

// answer reads one line "TOKEN LINK" and says "ok".
func (in *Instance) answer(conn net.Conn) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	line, err := bufio.NewReaderSize(conn, 1024).ReadSlice('\n')
	if err != nil {
		return
	}
	token, link, _ := strings.Cut(strings.TrimSuffix(string(line), "\n"), " ")
	if subtle.ConstantTimeCompare([]byte(token), []byte(in.token)) != 1 {
		return
	}
	select {
	case in.links <- link:
	default: // somebody starts it over and over: one window is enough
	}
	fmt.Fprintln(conn, "ok")
}

// Empty removes everything in the folder: for the demo team, which begins anew
// at each start.
func (in *Instance) Empty() error {
	if err := emptyDir(in.Dir); err != nil {
		return cannotWrite(in.Dir, err)
	}
	return nil
}

// Release gives the folder free. The lock file stays: removing it would let
// two others both believe they hold it.
func (in *Instance) Release() {
	_ = os.Remove(filepath.Join(in.Dir, instanceName))
	in.listener.Close()
	in.served.Wait()
	in.lock.Close()
}

// handOver gives the link to the instance that holds the folder.
func handOver(dir, link string) error {
	ctx, cancel := context.WithTimeout(context.Background(), handOverLimit)
	defer cancel()
	for {
		err := handOverOnce(ctx, dir, link)
		if err == nil {
			return nil
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return inbox.Errorf(inbox.Unavailable, "Postvak is already running with %s but does not answer. "+
				"End it and start again.", dir).Because(err)
		}
	}
}

func handOverOnce(ctx context.Context, dir, link string) error {
	text, err := os.ReadFile(filepath.Join(dir, instanceName))
	if err != nil {
		return err
	}
	var where whereabouts
	if err := json.Unmarshal(text, &where); err != nil {
		return err
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", where.Address)
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	if _, err := fmt.Fprintf(conn, "%s %s\n", where.Token, link); err != nil {
		return err
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || answer != "ok\n" {
		return fmt.Errorf("the running instance did not take the link: %w", err)
	}
	return nil
}
