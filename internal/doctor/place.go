package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

func checkServer(s *Server) Finding {
	f := Finding{Check: "server", Level: OK, Text: "none of yours runs here; `quaywatch serve` starts one"}
	if s != nil {
		f.Text = fmt.Sprintf("runs at %s (pid %d)", s.URL, s.PID)
	}
	return f
}

// checkListen sees whether a server could listen, and who does otherwise.
func checkListen(ctx context.Context, listen string, running *Server) Finding {
	f := Finding{Check: "port", Level: OK, Text: listen + " is free"}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", listen)
	if err == nil {
		_ = l.Close()
		return f
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		if running != nil && samePort(running.Listen, listen) {
			f.Text = listen + " is taken by the server that runs"
			return f
		}
		f.Level, f.Text = Warn, listen+" is taken"
		if who := Listener(listen); who != "" {
			f.Text += " by " + who
		} else {
			f.Text += " by another program"
		}
		f.Fix = "Stop it, or choose another address: quaywatch serve --listen 127.0.0.1:0 takes a free port."
	case errors.Is(err, fs.ErrPermission):
		f.Level, f.Text, f.Fix = Fail, "listening on "+listen+" is not allowed", "Choose a port from 1024 on with --listen."
	default:
		f.Level, f.Text, f.Fix = Fail, fmt.Sprintf("can't listen on %s: %v", listen, err), "Choose an address of this machine with --listen, such as 127.0.0.1:7420."
	}
	return f
}

func samePort(a, b string) bool {
	_, pa, erra := net.SplitHostPort(a)
	_, pb, errb := net.SplitHostPort(b)
	return erra == nil && errb == nil && pa == pb
}

// leastSpace is what the data directory should have to spare, in bytes.
const leastSpace = 64 << 20

func checkDataDir(dir string, report func(Finding)) {
	f := Finding{Check: "data directory", Level: OK, Text: dir}
	defer func() { report(f) }()
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		parent := existing(dir)
		if err := tryWrite(parent); err != nil {
			f.Level, f.Text = Fail, fmt.Sprintf("%s is not there and can't be made in %s (%v)", dir, parent, cause(err))
			f.Fix = "Make it yourself, or name another place with --data-dir."
			return
		}
		f.Text += " is not there yet; serve makes it"
		return
	case err != nil:
		f.Level, f.Text, f.Fix = Fail, fmt.Sprintf("%s can't be looked at (%v)", dir, cause(err)), "Correct its permissions, or name another place with --data-dir."
		return
	case !info.IsDir():
		f.Level, f.Text, f.Fix = Fail, dir+" is there and is no directory", "Move it away, or name another place with --data-dir."
		return
	}
	if err := tryWrite(dir); err != nil {
		f.Level, f.Text, f.Fix = Fail, fmt.Sprintf("%s can't be written (%v)", dir, cause(err)), "Correct its permissions, or name another place with --data-dir."
		return
	}
	const othersMay = 0o077
	if mode := info.Mode().Perm(); mode&othersMay != 0 {
		f.Level, f.Text, f.Fix = Warn, fmt.Sprintf("%s is open to other users (mode %04o), and holds the admin's token", dir, mode), "Run: chmod 700 "+dir
		return
	}
	if left, ok := space(dir); ok && left < leastSpace {
		f.Level, f.Text, f.Fix = Warn, fmt.Sprintf("%s has %d MiB left", dir, left>>20), "Free some space, or name another place with --data-dir."
		return
	}
	f.Text += " can be written, by you only"
}

// existing is the nearest directory above that is there.
func existing(dir string) string {
	for {
		parent := filepath.Dir(dir)
		if _, err := os.Stat(parent); err == nil || parent == dir {
			return parent
		}
		dir = parent
	}
}

func tryWrite(dir string) error {
	f, err := os.CreateTemp(dir, ".quaywatch-doctor-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// cause drops the operation and the path, which the text already says.
func cause(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}
