package server

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/auth"
	"github.com/quaywatch/quaywatch/internal/hub"
	"github.com/quaywatch/quaywatch/internal/store"
)

// rawSocket opens a stream with nothing but a TCP connection, so that what is
// measured is the server's side.
func rawSocket(b *testing.B, addr string, msgs ...any) net.Conn {
	b.Helper()
	c, err := new(net.Dialer).DialContext(b.Context(), "tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	_, err = fmt.Fprintf(c, "GET /api/v1/stream HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: %s\r\n\r\n", addr, api.Subprotocol)
	if err != nil {
		b.Fatal(err)
	}
	// Byte by byte: what follows the answer's empty line is not ours to take.
	var answer []byte
	for one := make([]byte, 1); !bytes.HasSuffix(answer, []byte("\r\n\r\n")); answer = append(answer, one[0]) {
		if _, err := c.Read(one); err != nil {
			b.Fatal(err)
		}
	}
	if !bytes.HasPrefix(answer, []byte("HTTP/1.1 101 ")) {
		b.Fatalf("%s", answer)
	}
	for _, m := range msgs {
		text, err := json.Marshal(m)
		if err != nil {
			b.Fatal(err)
		}
		frame := []byte{0x81, 0x80 | 126}
		frame = binary.BigEndian.AppendUint16(frame, uint16(len(text)))
		frame = append(append(frame, 0, 0, 0, 0), text...) // masked with zeros
		if _, err := c.Write(frame); err != nil {
			b.Fatal(err)
		}
	}
	return c
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// BenchmarkClientMemory is what a client costs that follows everything and looks
// at 50 rows, in heap and stacks.
func BenchmarkClientMemory(b *testing.B) {
	a, err := auth.Open(auth.Options{Dir: b.TempDir(), Token: adminToken})
	if err != nil {
		b.Fatal(err)
	}
	st := store.New(store.Options{})
	var batch api.Batch
	for i := range 100 {
		c := running(strings.Repeat(fmt.Sprintf("%02d", i), 32))
		c.Image, c.Labels = "nginx:1.27", map[string]string{"com.docker.compose.project": "shop"}
		st.Apply(store.Change{Put: []*api.Container{c}})
		batch.Add(i+1, time.Now().UnixNano())
	}
	const clients = 500
	h := hub.New(hub.Options{Store: st, MaxPerIdentity: clients, Heartbeat: time.Hour})
	s, err := New(Options{Listen: "127.0.0.1:0", Store: st, Hub: h, Auth: a})
	if err != nil {
		b.Fatal(err)
	}
	addr, err := s.Listen(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 2)
	go func() { done <- h.Run(ctx) }()
	go func() { done <- s.Run(ctx) }()
	rows := make([]int, 50)
	for i := range rows {
		rows[i] = i + 1
	}
	for b.Loop() {
		before := inUse()
		conns := make([]net.Conn, clients)
		for i := range conns {
			hi := hello()
			hi.Client.ID = fmt.Sprint(i)
			conns[i] = rawSocket(b, addr.String(), hi,
				api.Sub{Type: api.TypeSub, ID: 1, Topic: api.TopicContainers}, api.Sub{Type: api.TypeSub, ID: 2, Topic: api.TopicEvents},
				api.Sub{Type: api.TypeSub, ID: 3, Topic: api.TopicSystem},
				api.Sub{Type: api.TypeSub, ID: 4, Topic: api.TopicMetrics, Filter: &api.Filter{Rows: rows, EveryMs: 200}})
		}
		for h.Clients() < clients {
			time.Sleep(time.Millisecond)
		}
		for range 5 {
			st.Metrics().Commit(&batch)
			time.Sleep(300 * time.Millisecond)
		}
		b.ReportMetric(float64(inUse()-before)/clients, "B/client")
		for _, c := range conns {
			_ = c.Close()
		}
		for h.Clients() > 0 {
			time.Sleep(time.Millisecond)
		}
	}
	cancel()
	for range 2 {
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
}
