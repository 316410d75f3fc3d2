//go:build packages

package window

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// Packages are installed for real, by the system's own tools and as root, but
// on a copy of the system: this process starts itself again where /usr, /etc
// and /var are overlays in memory, with processes and a network (loopback only)
// of their own. All of it ends with this process, however that ends, and the
// machine is as it was.
const (
	aside      = "POSTVAK_ASIDE" // how far this process is put aside
	notAside   = 111             // exit status: the system does not allow it
	whoInstall = "installing packages takes root: run `make test` as root"
)

// onlyHere says why packages cannot be installed, "" where they can.
var onlyHere string

var overlaid = []string{"/usr", "/etc", "/var"}

// upper is the folder with what was changed below one of the overlaid.
func upper(dir string) string { return filepath.Join(aroot(), "changed"+dir) }

func aroot() string {
	dir, err := filepath.Abs(filepath.Join("..", "bin", "aside"))
	if err != nil {
		panic(err) // the working folder is gone
	}
	return dir
}

func TestMain(m *testing.M) {
	switch os.Getenv(aside) {
	case "":
		os.Exit(goAside(m))
	case "begin":
		os.Exit(beFirst())
	default:
		os.Exit(m.Run())
	}
}

// goAside runs the tests aside, or here where that is not allowed.
func goAside(m *testing.M) int {
	if os.Geteuid() != 0 {
		onlyHere = whoInstall
		return m.Run()
	}
	if err := makeNewer(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	runtime.LockOSThread() // the child ends with the thread that started it
	cmd := again("begin")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET,
		Pdeathsig:  syscall.SIGKILL,
	}
	err := cmd.Run()
	var ended *exec.ExitError
	if err == nil {
		return 0
	}
	if errors.As(err, &ended) && ended.ExitCode() != notAside {
		return max(1, ended.ExitCode())
	}
	onlyHere = fmt.Sprintf("the system allows no overlay to install on (%v): run it outside of a container", err)
	return m.Run()
}

func again(step string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Env = append(os.Environ(), aside+"="+step)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd
}

// beFirst is the first process aside: it lays the overlays, starts the tests,
// and buries whatever ends without a parent.
func beFirst() int {
	if err := lay(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return notAside
	}
	cmd := again("there")
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			return 1
		case pid == cmd.Process.Pid && status.Exited():
			return status.ExitStatus()
		case pid == cmd.Process.Pid:
			return 1
		}
	}
}

func lay() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("private mounts: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("/proc: %w", err)
	}
	memory := aroot()
	if err := os.MkdirAll(memory, 0o755); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", memory, "tmpfs", 0, "mode=755"); err != nil {
		return fmt.Errorf("memory: %w", err)
	}
	for _, dir := range overlaid {
		up, work := upper(dir), filepath.Join(memory, "work"+dir)
		if err := errors.Join(os.MkdirAll(up, 0o755), os.MkdirAll(work, 0o755)); err != nil {
			return err
		}
		if err := unix.Mount("overlay", dir, "overlay", 0, "lowerdir="+dir+",upperdir="+up+",workdir="+work); err != nil {
			return fmt.Errorf("overlay on %s: %w", dir, err)
		}
	}
	return loopback()
}

func loopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request)
}

// newer is the version of the packages that the others are upgraded to.
const newer = "99.0.0"

// makeNewer builds and packs the same program as a later version.
func makeNewer() error {
	cmd := exec.Command("make", "--no-print-directory", "-C", filepath.Join("..", ".."), "package-linux", "OUT=build/bin/newer")
	cmd.Env = append(os.Environ(), "POSTVAK_VERSION="+newer, "MAKEFLAGS=", "MAKELEVEL=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("the newer packages: %w\n%s", err, out)
	}
	return nil
}

// packed finds the package of a kind, "deb" or "rpm", in a folder of build/bin.
func packed(t *testing.T, folder, kind string) string {
	t.Helper()
	version := newer
	if folder == "" {
		out, err := exec.Command(filepath.Join("..", "version.sh")).Output()
		if err != nil {
			t.Fatal(err)
		}
		version, _, _ = strings.Cut(string(out), " ")
	}
	path, err := filepath.Abs(filepath.Join("..", "bin", folder, "postvak_"+version+"_"+runtime.GOARCH+"."+kind))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the package is not built: run `make package-linux` (%v)", err)
	}
	return path
}
