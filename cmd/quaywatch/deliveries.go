package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/api"
)

func (c *cli) deliveriesCommand() *cobra.Command {
	var f, tf look
	cmd := &cobra.Command{
		Use:   "deliveries",
		Short: "List where alerts are told, and how each delivery does",
		Long: `List where a server tells of alerts, and how each delivery does. With --json an
object a line, as GET /api/v1/deliveries has it; secrets are never shown.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = c.looking(&f, func(ctx context.Context, src *source, _ []string) error { return c.listDeliveries(ctx, src) })
	f.flags(cmd)
	test := &cobra.Command{
		Use:   "test NAME",
		Short: "Send a test to a delivery",
		Long: `Send a message that says it is a test, once, also where the delivery is switched
off, and tell what became of it: the status is 1 where it did not arrive. It takes
the role admin. With --json the line of the delivery log.`,
		Args: cobra.ExactArgs(1),
	}
	test.RunE = c.looking(&tf, func(ctx context.Context, src *source, args []string) error { return c.testDelivery(ctx, src, args[0]) })
	tf.flags(test)
	cmd.AddCommand(test)
	return cmd
}

func (c *cli) listDeliveries(ctx context.Context, src *source) error {
	if src.core != nil {
		return errNoServer("deliveries")
	}
	all, err := src.rest.Deliveries(ctx)
	if err != nil {
		return err
	}
	if c.json {
		enc := c.encoder()
		for i := range all {
			if err := enc.Encode(&all[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if len(all) == 0 {
		c.note("There are no deliveries: alerts are told on the page only.")
		return nil
	}
	t := &table{columns: []column{
		{title: "NAME", shrink: 12}, {title: "KIND"}, {title: "TO", shrink: 16, drop: 2}, {title: "FROM"}, {title: "LAST SENT", drop: 1}, {title: "STATE", shrink: 16},
	}}
	for i := range all {
		t.rows = append(t.rows, deliveryRow(&all[i], time.Now()))
	}
	_, width, _ := c.terminal()
	return t.write(c.out, width, c.coloured())
}

func deliveryRow(d *api.DeliveryStatus, now time.Time) []cell {
	to := d.URL
	if d.Mail != nil {
		to = strings.Join(d.Mail.To, ", ")
	}
	state := cell{"ok", green}
	switch {
	case !d.Enabled:
		state = cell{"off", dim}
	case d.LastError != "" && d.Waiting > 0:
		state = cell{"failed, is tried again: " + printable(d.LastError), yellow}
	case d.LastError != "":
		state = cell{"failed: " + printable(d.LastError), red}
	case d.Waiting > 0:
		state = cell{fmt.Sprintf("%d waiting", d.Waiting), yellow}
	case d.LastSentAt == nil:
		state = cell{"never used", dim}
	}
	return []cell{
		{printable(d.Name), bold}, {string(d.Kind), plain}, {printable(to), dim}, {string(d.MinSeverity), plain}, {sinceText(d.LastSentAt, now), dim}, state,
	}
}

func (c *cli) testDelivery(ctx context.Context, src *source, name string) error {
	if src.core != nil {
		return errNoServer("deliveries")
	}
	a, err := src.rest.TestDelivery(ctx, name)
	if err != nil {
		return err
	}
	if c.json {
		if err := c.encoder().Encode(&a); err != nil {
			return err
		}
	}
	if a.Outcome != api.DeliverySent {
		return errors.New("the test did not arrive: " + printable(a.Error))
	}
	if !c.json {
		_, err = fmt.Fprintf(c.out, "The test was delivered to %s (status %d).\n", printable(name), a.Status)
	}
	return err
}
