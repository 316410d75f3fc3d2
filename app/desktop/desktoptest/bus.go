package desktoptest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// patience is how long anything may take on a busy machine.
const patience = 30 * time.Second

// busConfig lets everybody do everything, and starts nothing by itself except
// what the services folder names.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%s</listen>
  <auth>EXTERNAL</auth>
  <servicedir>%s</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

// Bus is a dbus-daemon of its own.
type Bus struct {
	Address string
	dir     string
	process *exec.Cmd
	config  string
}

// StartBus starts a session bus that nothing is on, and gives its address: the
// value for DBUS_SESSION_BUS_ADDRESS. It ends with the test.
func StartBus(t testing.TB) string {
	t.Helper()
	return NewBus(t).Address
}

// NewBus is StartBus for tests that stop the bus or put services on it.
func NewBus(t testing.TB) *Bus {
	t.Helper()
	dir, err := os.MkdirTemp("", "bus") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "socket")
	b := &Bus{Address: "unix:path=" + socket, dir: dir, config: filepath.Join(dir, "config")}
	if err := os.WriteFile(b.config, fmt.Appendf(nil, busConfig, socket, dir), 0o600); err != nil {
		t.Fatal(err)
	}
	b.Start(t)
	return b
}

// Start starts the bus again, at the same address, after Stop.
func (b *Bus) Start(t testing.TB) {
	t.Helper()
	path, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Fatal("this test needs dbus-daemon: install it with `apt-get install dbus-daemon` (`make test` does)")
	}
	cmd := exec.CommandContext(t.Context(), path, "--config-file="+b.config, "--nofork", "--print-address=1")
	endWithUs(cmd)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	b.process = cmd
	t.Cleanup(func() { b.end(cmd) })
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("dbus-daemon does not say where it is: %v", err)
	}
}

// Stop ends the bus and with it every connection.
func (b *Bus) Stop() { b.end(b.process) }

func (b *Bus) end(cmd *exec.Cmd) {
	if cmd == b.process {
		b.process = nil
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

// Activatable lets the bus start a program when somebody calls a name that has
// no owner. The program's arguments must not need quoting.
func (b *Bus) Activatable(t testing.TB, name string, command ...string) {
	t.Helper()
	text := fmt.Sprintf("[D-BUS Service]\nName=%s\nExec=%s\n", name, strings.Join(command, " "))
	if err := os.WriteFile(filepath.Join(b.dir, name+".service"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	conn := connect(t, b.Address)
	defer conn.Close()
	if err := conn.BusObject().Call("org.freedesktop.DBus.ReloadConfig", 0).Err; err != nil {
		t.Fatal(err)
	}
}

// Freeze stops the bus from answering until the returned function is called.
func (b *Bus) Freeze(t testing.TB) (thaw func()) {
	t.Helper()
	return freeze(t, b.process.Process)
}

// connect gives a connection of the test's own.
func connect(t testing.TB, address string) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}
