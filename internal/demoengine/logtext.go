package demoengine

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// What made-up containers write, by image: the formats are those of the real
// ones, with their colours, their JSON and their preference for stderr.

// writer makes a line of a container, at a time, from dice.
type writer func(d *dice, at time.Time) (stderr bool, text string)

// logLine is the k-th line of a container.
func (c *container) logLine(k int64, at time.Time) (stderr bool, text string) {
	d := newDice(c.serial, uint64(k)+1_000) //nolint:gosec // k is not below 0
	if _, fast := c.label(RateLabel); fast {
		return chattyLine(d, k)
	}
	return writerOf(c.image.ref)(d, at.UTC())
}

func writerOf(image string) writer {
	for _, w := range []struct {
		images string
		write  writer
	}{
		{"nginx ", webLog}, {"traefik ", webLog}, {"registry ", webLog}, {"python ", webLog},
		{"shop-web ", jsonLog}, {"ghost ", jsonLog}, {"ingest ", jsonLog},
		{"shop-api ", colourLog}, {"gitea ", colourLog}, {"home-assistant ", colourLog}, {"zigbee2mqtt ", colourLog}, {"act_runner ", colourLog},
		{"postgres ", postgresLog}, {"redis ", redisLog}, {"shop-worker ", celeryLog}, {"mysql ", mysqlLog},
		{"prometheus ", logfmtLog}, {"grafana ", logfmtLog}, {"loki ", logfmtLog}, {"alertmanager ", logfmtLog}, {"node-exporter ", logfmtLog},
	} {
		name, _, _ := strings.Cut(image, ":")
		if strings.HasSuffix("/"+name, "/"+strings.TrimSpace(w.images)) {
			return w.write
		}
	}
	return plainLog
}

func one(d *dice, of ...string) string { return of[d.below(len(of))] }

func urlPath(d *dice) string {
	return one(d, "/", "/api/items", "/api/items/"+strconv.Itoa(d.below(9000)), "/cart", "/healthz", "/static/app.js", "/login", "/search?q=blue+lamp", "/api/orders/"+strconv.Itoa(d.below(9000)))
}

// httpStatus is 200 most of the time.
func httpStatus(d *dice) int {
	switch {
	case d.chance(0.02):
		return 502
	case d.chance(0.05):
		return 404
	case d.chance(0.1):
		return 304
	}
	return 200
}

func webLog(d *dice, at time.Time) (stderr bool, text string) {
	peer := fmt.Sprintf("10.0.%d.%d", d.below(4), 2+d.below(200))
	if d.chance(0.04) {
		return true, fmt.Sprintf("%s [error] 29#29: *%d connect() failed (111: Connection refused) while connecting to upstream, client: %s, request: \"GET %s HTTP/1.1\"",
			at.Format("2006/01/02 15:04:05"), d.below(90000), peer, urlPath(d))
	}
	return false, fmt.Sprintf("%s - - [%s] \"%s %s HTTP/1.1\" %d %d \"-\" \"%s\"", peer, at.Format("02/Jan/2006:15:04:05 -0700"),
		one(d, "GET", "GET", "GET", "POST", "HEAD"), urlPath(d), httpStatus(d), 120+d.below(40000),
		one(d, "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0", "curl/8.14.1", "kube-probe/1.33", "Go-http-client/1.1"))
}

func jsonLog(d *dice, at time.Time) (stderr bool, text string) {
	stamp := at.Format("2006-01-02T15:04:05.000Z")
	if d.chance(0.05) {
		return true, fmt.Sprintf(`{"level":"error","time":%q,"pid":1,"msg":"request failed","req":{"id":"r-%d","method":"POST","url":%q},"err":{"type":"TimeoutError","message":"upstream timed out after 5000 ms","stack":"TimeoutError: upstream timed out\n    at Client.request (/app/lib/client.js:%d:13)\n    at async checkout (/app/routes/cart.js:88:7)"}}`,
			stamp, d.below(90000), urlPath(d), 20+d.below(200))
	}
	return false, fmt.Sprintf(`{"level":%q,"time":%q,"pid":1,"msg":"request completed","req":{"id":"r-%d","method":"GET","url":%q},"res":{"statusCode":%d},"responseTime":%d}`,
		one(d, "info", "info", "info", "debug"), stamp, d.below(90000), urlPath(d), httpStatus(d), 1+d.below(240))
}

func colourLog(d *dice, at time.Time) (stderr bool, text string) {
	stamp := "\x1b[90m" + at.Format("15:04:05.000") + "\x1b[0m"
	switch d.below(12) {
	case 0:
		return true, stamp + " \x1b[1;31mERR\x1b[0m upstream timed out \x1b[36mattempt=\x1b[0m" + strconv.Itoa(1+d.below(3)) + " \x1b[36merror=\x1b[0m\x1b[31m\"context deadline exceeded\"\x1b[0m"
	case 1:
		return true, stamp + " \x1b[33mWRN\x1b[0m slow query \x1b[36mms=\x1b[0m" + strconv.Itoa(500+d.below(4000))
	case 2:
		return false, stamp + " \x1b[35mDBG\x1b[0m cache \x1b[36mhits=\x1b[0m" + strconv.Itoa(d.below(5000)) + " \x1b[36mmisses=\x1b[0m" + strconv.Itoa(d.below(300))
	default:
		return false, stamp + " \x1b[32mINF\x1b[0m request handled \x1b[36mpath=\x1b[0m" + urlPath(d) + " \x1b[36mstatus=\x1b[0m" + strconv.Itoa(httpStatus(d)) + " \x1b[36mms=\x1b[0m" + strconv.Itoa(d.below(90))
	}
}

func postgresLog(d *dice, at time.Time) (stderr bool, text string) {
	head := fmt.Sprintf("%s [%d] ", at.Format("2006-01-02 15:04:05.000 MST"), 27+d.below(60))
	switch d.below(6) {
	case 0:
		return true, head + "LOG:  checkpoint starting: time"
	case 1:
		return true, head + fmt.Sprintf("LOG:  checkpoint complete: wrote %d buffers (%.1f%%); 0 WAL file(s) added, 0 removed, 1 recycled; write=%.3f s, sync=0.004 s, total=%.3f s", d.below(900), d.between(0.1, 5), d.between(1, 26), d.between(1, 27))
	case 2:
		return true, head + "ERROR:  duplicate key value violates unique constraint \"orders_pkey\""
	case 3:
		return true, head + fmt.Sprintf("LOG:  duration: %.3f ms  statement: SELECT id, name, price FROM items WHERE shop_id = $1 ORDER BY name LIMIT 50", d.between(250, 4000))
	case 4:
		return true, head + fmt.Sprintf("LOG:  automatic vacuum of table \"app.public.sessions\": index scans: 1, pages: 0 removed, %d remain", d.below(4000))
	default:
		return true, head + fmt.Sprintf("LOG:  connection authorized: user=app database=app application_name=api-%d", 1+d.below(4))
	}
}

func redisLog(d *dice, at time.Time) (stderr bool, text string) {
	return false, "1:M " + at.Format("02 Jan 2006 15:04:05.000") + one(d,
		" * 100 changes in 300 seconds. Saving...", " * Background saving started by pid "+strconv.Itoa(20+d.below(900)),
		" * Background saving terminated with success", " - DB 0: "+strconv.Itoa(d.below(90000))+" keys (0 volatile) in 131072 slots HT.",
		" # Client id="+strconv.Itoa(d.below(900))+" closed for overcoming of output buffer limits.")
}

func celeryLog(d *dice, at time.Time) (stderr bool, text string) {
	task := "shop.tasks." + one(d, "send_mail", "resize_image", "charge_card", "reindex")
	head := at.Format("[2006-01-02 15:04:05,000: ")
	id := hexID(d.next(), "task", 0)[:8]
	switch d.below(8) {
	case 0:
		return true, head + fmt.Sprintf("ERROR/ForkPoolWorker-%d] Task %s[%s] raised unexpected: ConnectionError('mail.internal:25')", 1+d.below(4), task, id)
	case 1, 2, 3:
		return false, head + fmt.Sprintf("INFO/MainProcess] Task %s[%s] received", task, id)
	default:
		return false, head + fmt.Sprintf("INFO/ForkPoolWorker-%d] Task %s[%s] succeeded in %.3fs: None", 1+d.below(4), task, id, d.between(0.01, 6))
	}
}

func mysqlLog(d *dice, at time.Time) (stderr bool, text string) {
	return true, at.Format("2006-01-02T15:04:05.000000Z ") + strconv.Itoa(d.below(90)) + one(d,
		" [Note] [MY-010914] [Server] Aborted connection "+strconv.Itoa(d.below(9000))+" to db: 'ghost' user: 'ghost' host: '10.18.2.3' (Got timeout reading communication packets).",
		" [Warning] [MY-013360] [Server] Plugin mysql_native_password reported: 'deprecated'",
		" [Note] [MY-013730] [InnoDB] 'wait_for_latch' statistics: "+strconv.Itoa(d.below(900))+" waits")
}

func logfmtLog(d *dice, at time.Time) (stderr bool, text string) {
	head := "ts=" + at.Format("2006-01-02T15:04:05.000Z") + " caller=" + one(d, "compact.go:576", "head.go:1355", "manager.go:163", "metrics.go:159") + " level="
	switch d.below(8) {
	case 0:
		return true, head + "warn component=\"scrape manager\" msg=\"Append failed\" err=\"out of order sample\" target=http://10.16.0." + strconv.Itoa(2+d.below(40)) + ":9100/metrics"
	case 1:
		return true, head + "error component=notifier msg=\"Error sending alerts\" count=" + strconv.Itoa(1+d.below(9)) + " err=\"context deadline exceeded\""
	default:
		return true, head + "info component=tsdb msg=\"write block\" mint=" + strconv.FormatInt(at.Add(-2*time.Hour).UnixMilli(), 10) + " maxt=" + strconv.FormatInt(at.UnixMilli(), 10) + " duration=" + strconv.Itoa(20+d.below(900)) + "ms"
	}
}

func plainLog(d *dice, _ time.Time) (stderr bool, text string) {
	switch d.below(7) {
	case 0:
		return false, "level=info msg=\"request handled\" path=" + urlPath(d) + " status=" + strconv.Itoa(httpStatus(d)) + " ms=" + strconv.Itoa(d.below(90))
	case 1:
		return false, "level=info msg=\"connection accepted\" peer=10.0.0." + strconv.Itoa(2+d.below(200))
	case 2:
		return true, "level=warn msg=\"slow query\" ms=" + strconv.Itoa(500+d.below(4000))
	case 3:
		return false, "level=debug msg=\"cache\" hits=" + strconv.Itoa(d.below(5000)) + " misses=" + strconv.Itoa(d.below(300))
	case 4:
		return false, "level=info msg=\"checkpoint complete\" buffers=" + strconv.Itoa(d.below(900))
	case 5:
		return false, "level=info msg=\"heartbeat\" queue=" + strconv.Itoa(d.below(40))
	default:
		return true, "level=error msg=\"upstream timed out\" attempt=" + strconv.Itoa(1+d.below(3))
	}
}

// chattyLine is for containers that write thousands of lines a second: made
// without formatting, and numbered, so that a reader's gaps can be seen.
func chattyLine(d *dice, k int64) (stderr bool, text string) {
	b := make([]byte, 0, 128)
	b = append(b, "seq="...)
	b = strconv.AppendInt(b, k, 10)
	switch k % 20 {
	case 7:
		b = append(b, " \x1b[33mlevel=warn\x1b[0m msg=\"queue is filling\" depth="...)
	case 13:
		b = append(b, " \x1b[31mlevel=error\x1b[0m msg=\"worker restarted\" worker="...)
		stderr = true
	default:
		b = append(b, " level=info msg=\"job done\" queue=thumbnails worker=8 bytes="...)
	}
	b = strconv.AppendInt(b, int64(d.below(90_000)), 10)
	return stderr, string(b)
}
