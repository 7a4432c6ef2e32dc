package main

import (
	"context"
	"fmt"
	"time"
)

// churn measures the page as a user has it: sorted by CPU, with 20 changes of
// state a second, in both browser engines.
func churn(ctx context.Context, b *bench) error {
	seconds := fmt.Sprint(max(60, int(b.window.Seconds())))
	var c struct {
		MedianMs    float64 `json:"medianMs"`
		MeanMs      float64 `json:"meanMs"`
		WorstTaskMs float64 `json:"worstTaskMs"`
		Ticks       int     `json:"ticks"`
	}
	if err := screen(ctx, &c, "churn", "10000", seconds); err != nil {
		return err
	}
	const what = "page, 10,000 rows at 1 Hz sorted by CPU, 20 events a second"
	b.add(what+", Chromium: main-thread CPU a tick", "median ≤ 8 ms; no task over 50 ms",
		fmt.Sprintf("median %.1f ms, mean %.1f ms, longest task %.1f ms (%d ticks)", c.MedianMs, c.MeanMs, c.WorstTaskMs, c.Ticks), "",
		c.Ticks > 5 && c.MedianMs <= 8 && c.WorstTaskMs <= 50)
	var w struct {
		MeanMs    float64 `json:"meanMs"`
		LongestMs float64 `json:"longestMs"`
	}
	if err := screen(ctx, &w, "webkit", "10000", seconds); err != nil {
		return err
	}
	b.add(what+", WebKitGTK: CPU of the web process's first thread a tick", "≤ 14 ms; nothing over 50 ms",
		fmt.Sprintf("mean %.1f ms, longest wait for a timer %.0f ms", w.MeanMs, w.LongestMs), "", w.MeanMs > 0 && w.MeanMs <= 14 && w.LongestMs <= 50)
	return nil
}

// feel measures what a hand notices: typing, scrolling, the way from the
// engine's event to the screen, a log at full speed.
func feel(ctx context.Context, b *bench) error {
	var t struct {
		Keys            int
		P50, P95, Worst float64
	}
	if err := screen(ctx, &t, "typing", "10000"); err != nil {
		return err
	}
	b.add("typing in the filter at 10,000 rows, key → paint", "p95 ≤ 50 ms",
		fmt.Sprintf("p50 %.0f ms, p95 %.0f ms, worst %.0f ms (%d keys; steps of 8 ms)", t.P50, t.P95, t.Worst, t.Keys), "", t.Keys > 50 && t.P95 <= 50)
	var s struct {
		Frames, Blank int
		Seconds       float64
	}
	if err := screen(ctx, &s, "scroll", "10000"); err != nil {
		return err
	}
	b.add("scrolling from top to bottom at 10,000 rows: frames without a row", "0",
		fmt.Sprintf("%d of %d frames in %.1f s", s.Blank, s.Frames, s.Seconds), "", s.Frames > 50 && s.Blank == 0)
	if err := pixel(ctx, b); err != nil {
		return err
	}
	return chatty(ctx, b)
}

// pixel measures the way from a real engine's event to the row's paint.
func pixel(ctx context.Context, b *bench) error {
	e, err := startEngine(ctx)
	if err != nil {
		return err
	}
	defer e.stop(ctx)
	if err := e.fill(ctx, 20, light); err != nil {
		return err
	}
	p, err := serve(ctx, e.host)
	if err != nil {
		return err
	}
	defer p.stop()
	if _, err := rows(ctx, p.origin, 20); err != nil {
		return err
	}
	var x struct {
		Events, Painted int
		P50, P99        float64
	}
	if err := screen(ctx, &x, "pixel", p.url, e.host, "200"); err != nil {
		return err
	}
	b.add("engine's event → the row's paint, Chromium, 20 real containers", "p99 ≤ 50 ms",
		fmt.Sprintf("p50 %.0f ms, p99 %.0f ms (%d of %d events)", x.P50, x.P99, x.Painted, x.Events), "a frame is 16.7 ms", x.Painted > 150 && x.P99 <= 50)
	return nil
}

// chattyName is the demo engine's container that writes 20,000 lines a second.
const chattyName = "loadtest-chatty-1"

// chatty measures the page while it follows a log at 20,000 lines a second.
func chatty(ctx context.Context, b *bench) error {
	const containers = 50
	d, host, err := demo(ctx, containers)
	if err != nil {
		return err
	}
	defer d.stop()
	p, err := serve(ctx, host)
	if err != nil {
		return err
	}
	defer p.stop()
	if _, err := rows(ctx, p.origin, containers*7/10); err != nil { // the others don't run, as on any engine
		return err
	}
	var l struct {
		Frames, Over100, Lines, States int
		P99, Worst, StateWorst         float64
	}
	if err := screen(ctx, &l, "logs", p.url, host, chattyName, fmt.Sprint(int(b.window.Seconds()))); err != nil {
		return err
	}
	b.add("a log at 20,000 lines a second: frames", "none over 100 ms",
		fmt.Sprintf("p99 %.0f ms, longest %.0f ms (%d frames, %d lines a second taken in)", l.P99, l.Worst, l.Frames, l.Lines), "", l.Frames > 50 && l.Lines > 0 && l.Over100 == 0)
	b.add("a change of state beside that log, event → paint", "≤ 100 ms",
		fmt.Sprintf("worst %.0f ms of %d", l.StateWorst, l.States), "", l.States > 0 && l.StateWorst <= 100)
	return nil
}

// heap compares the page's heap after a while of churn with that of minute 2.
func heap(ctx context.Context, b *bench) error {
	var h struct {
		Minutes                   float64
		BeforeMB, AfterMB, Growth float64
	}
	if err := screen(ctx, &h, "heap", "10000", fmt.Sprint(b.minutes)); err != nil {
		return err
	}
	b.add(fmt.Sprintf("heap after %.0f minutes at 10,000 rows with churn, against minute 2", h.Minutes), "≤ +5 % after 30",
		fmt.Sprintf("%+.1f %% (%.1f → %.1f MB)", 100*h.Growth, h.BeforeMB, h.AfterMB), "", h.Growth <= 0.05)
	return nil
}

// screen runs web/bench/screen.mjs.
func screen(ctx context.Context, into any, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, 45*time.Minute)
	defer cancel()
	return script(ctx, into, "bench/screen.mjs", args...)
}
