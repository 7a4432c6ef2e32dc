package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"time"
)

// page opens the built page in Chromium on a server that changes every cell of
// 10,000 rows each second (web/bench) and reads its main-thread work each tick.
func page(ctx context.Context, b *bench) error {
	type work struct {
		MedianMs float64 `json:"medianMs"`
		WorstMs  float64 `json:"worstMs"`
		Ticks    int     `json:"ticks"`
	}
	var r struct {
		work
		Rows  int  `json:"rows"`
		Asked work `json:"asked"`
	}
	if err := browse(ctx, &r, "rows", "10000", fmt.Sprint(int(b.window.Seconds()))); err != nil {
		return err
	}
	for _, c := range []struct {
		what string
		work
	}{{"every cell of all rows sent each second", r.work}, {"as the page asks: the rows on screen each second, the rest every ten", r.Asked}} {
		b.add(fmt.Sprintf("page, %d rows at 1 Hz, main-thread CPU a tick, Chromium: %s", r.Rows, c.what), "median ≤ 8 ms, worst ≤ 50 ms",
			fmt.Sprintf("median %.1f ms, worst %.1f ms (%d ticks)", c.MedianMs, c.WorstMs, c.Ticks), "", c.Ticks > 5 && c.MedianMs <= 8 && c.WorstMs <= 50)
	}
	return nil
}

// startup measures how soon the server answers and how soon the page shows a
// live row of a real engine, and the size of the first load.
func startup(ctx context.Context, b *bench) error {
	e, err := startEngine(ctx)
	if err != nil {
		return err
	}
	defer e.stop(ctx)
	if err := e.fill(ctx, 10, light); err != nil {
		return err
	}
	var ready []float64
	for range 10 {
		p, err := serve(ctx, e.host)
		if err != nil {
			return err
		}
		ready = append(ready, float64(p.ready.Microseconds())/1e3)
		p.stop()
	}
	p50, worst := quantile(ready, 0.5), quantile(ready, 1)
	b.add("server ready: exec → first line", "≤ 200 ms", fmt.Sprintf("median %.0f ms, worst of 10 %.0f ms", p50, worst), "", worst <= 200)

	p, err := serve(ctx, e.host)
	if err != nil {
		return err
	}
	defer p.stop()
	if _, err := rows(ctx, p.origin, 10); err != nil {
		return err
	}
	var r struct {
		FirstRowMs []float64 `json:"firstRowMs"`
	}
	if err := browse(ctx, &r, "first-row", p.url, "7"); err != nil {
		return err
	}
	p50, worst = quantile(r.FirstRowMs, 0.5), quantile(r.FirstRowMs, 1)
	b.add("first live row after navigation, Chromium", "≤ 300 ms", fmt.Sprintf("median %.0f ms, worst of %d %.0f ms", p50, len(r.FirstRowMs), worst), "", p50 > 0 && p50 <= 300)

	size, err := firstLoad()
	if err != nil {
		return err
	}
	b.add("first load of the page, gzipped", "≤ 250 KB", fmt.Sprintf("%.0f KB", float64(size)/1000), "", size <= 250_000)
	return nil
}

// browse runs web/bench/page.mjs and decodes what it prints.
func browse(ctx context.Context, into any, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	return script(ctx, into, "bench/page.mjs", args...)
}

// script runs a measurement of web/bench and decodes what it prints.
func script(ctx context.Context, into any, file string, args ...string) error {
	cmd := exec.CommandContext(ctx, "node", append([]string{file}, args...)...)
	cmd.Dir = "web"
	out, err := cmd.Output()
	if err != nil {
		return said("node web/"+file, err)
	}
	return json.Unmarshal(out, into)
}

// firstLoad sums the sizes, compressed as they are sent, of index.html and all it
// refers to.
func firstLoad() (int, error) {
	index, err := pageFile("/index.html")
	if err != nil {
		return 0, err
	}
	z, err := gzip.NewReader(bytes.NewReader(index))
	if err != nil {
		return 0, err
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return 0, err
	}
	total := len(index)
	for _, m := range regexp.MustCompile(`(?:src|href)="(/[^"]+)"`).FindAllStringSubmatch(string(text), -1) {
		f, err := pageFile(m[1])
		if err != nil {
			return 0, err
		}
		total += len(f)
	}
	return total, nil
}

func pageFile(name string) ([]byte, error) { return os.ReadFile("web/dist" + name + ".gz") }

func decodeFile(name string, into any) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
