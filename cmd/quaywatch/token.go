package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/quaywatch/quaywatch/internal/api"
	"github.com/quaywatch/quaywatch/internal/app"
	"github.com/quaywatch/quaywatch/internal/auth"
	"github.com/quaywatch/quaywatch/internal/client"
)

func (c *cli) tokenCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Make, list and revoke tokens; print a link that signs in",
		Long: `Tokens of scripts and other people stand in the data directory. A running
server takes changes up at once.`,
		Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.tokenCreate(), c.tokenList(), c.tokenRevoke(), c.tokenURL(), c.tokenPassword())
	return cmd
}

// tokens opens the data directory's.
func (c *cli) tokens() (*auth.Tokens, error) {
	dir, err := c.dataDirectory()
	if err != nil {
		return nil, err
	}
	return auth.OpenTokens(dir), nil
}

// createdLine is what token create prints with --json.
type createdLine struct {
	auth.ScriptToken
	Token string `json:"token"`
}

func (c *cli) tokenCreate() *cobra.Command {
	var role string
	var life time.Duration
	cmd := &cobra.Command{
		Use:   "create NAME",
		Short: "Make a token and print it, this once",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			r, err := auth.ParseRole(role)
			if err != nil {
				return err
			}
			t, err := c.tokens()
			if err != nil {
				return err
			}
			secret, made, err := t.Create(args[0], r, life)
			if err != nil {
				return err
			}
			if c.json {
				return c.encoder().Encode(createdLine{made, secret})
			}
			c.note("Token %q, role %s%s. It is not shown again:", made.Name, made.Role, expiry(made.Expires))
			_, err = fmt.Fprintln(c.out, secret)
			return err
		},
	}
	cmd.Flags().StringVar(&role, "role", string(auth.RoleViewer), "viewer, operator or admin")
	cmd.Flags().Var((*days)(&life), "expires", "how long it is valid, such as 12h or 30d; 0 is without end")
	return cmd
}

func expiry(at *time.Time) string {
	if at == nil {
		return ""
	}
	return ", valid until " + timeText(*at)
}

func (c *cli) tokenList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the tokens, without their secrets",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			t, err := c.tokens()
			if err != nil {
				return err
			}
			all, err := t.List()
			if err != nil {
				return err
			}
			if c.json {
				enc := c.encoder()
				for _, s := range all {
					if err := enc.Encode(s); err != nil {
						return err
					}
				}
				return nil
			}
			out := &table{columns: []column{{title: "NAME", shrink: 10}, {title: "ROLE"}, {title: "CREATED"}, {title: "EXPIRES"}}}
			for _, s := range all {
				ends := "never"
				if s.Expires != nil {
					ends = timeText(*s.Expires)
				}
				out.rows = append(out.rows, []cell{{s.Name, plain}, {string(s.Role), plain}, {timeText(s.Created), dim}, {ends, plain}})
			}
			_, width, _ := c.terminal()
			return out.write(c.out, width, c.coloured())
		},
	}
}

func (c *cli) tokenRevoke() *cobra.Command {
	return &cobra.Command{
		Use:   "revoke NAME",
		Short: "Make a token invalid, at once",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := c.tokens()
			if err != nil {
				return err
			}
			if err := t.Revoke(args[0]); err != nil {
				return err
			}
			if c.json {
				return c.encoder().Encode(map[string]string{"revoked": args[0]})
			}
			_, err = fmt.Fprintf(c.out, "Token %q is revoked.\n", args[0])
			return err
		},
	}
}

func (c *cli) tokenURL() *cobra.Command {
	var l look
	cmd := &cobra.Command{
		Use:   "url",
		Short: "Print a link to the running server that signs a browser in, once",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			base, err := c.serverURL(cmd, &l)
			if err != nil {
				return err
			}
			token, err := c.token(l.tokenFile)
			if err != nil {
				return err
			}
			launch, err := client.NewREST(base, token, nil).Launch(ctx)
			if err != nil {
				return err
			}
			link := *base
			link.Fragment = "token=" + launch.Token
			if link.Path == "" {
				link.Path = "/"
			}
			if c.json {
				return c.encoder().Encode(map[string]any{"url": link.String(), "expires": launch.Expires})
			}
			_, err = fmt.Fprintln(c.out, link.String())
			return err
		},
	}
	cmd.Flags().StringVar(&l.url, "url", "", "the server, such as http://127.0.0.1:7420 (default the one that runs here)")
	cmd.Flags().StringVar(&l.tokenFile, "token-file", "", "file with the admin's token (the token itself: QUAYWATCH_TOKEN)")
	return cmd
}

// serverURL is --url, or the server that runs here, whatever it watches.
func (c *cli) serverURL(cmd *cobra.Command, l *look) (*url.URL, error) {
	if l.url != "" {
		return parseServer(l.url)
	}
	dir, err := c.dataDirectory()
	if err != nil {
		return nil, err
	}
	ad, ok := app.FindServer(cmd.Context(), dir)
	if !ok {
		return nil, &api.Error{Code: api.ErrUnreachable, Message: "No Quaywatch server of yours runs on this machine. Start one with `quaywatch serve`, or name one with --url"}
	}
	return parseServer(ad.URL)
}

func (c *cli) tokenPassword() *cobra.Command {
	return &cobra.Command{
		Use:   "password",
		Short: "Set the password for signing in from other machines",
		Long: `Set the password. It is read from the terminal, or else from standard input. A
server takes it up when it starts.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := c.dataDirectory()
			if err != nil {
				return err
			}
			password, err := c.readPassword(cmd.Context())
			if err != nil {
				return err
			}
			if err := auth.SetPassword(dir, password); err != nil {
				return err
			}
			c.note("The password is set. Start the server again to use it.")
			return nil
		},
	}
}

// readPassword asks twice on a terminal and reads a line elsewhere.
func (c *cli) readPassword(ctx context.Context) (string, error) {
	f, ok := c.keyboard()
	if !ok {
		line, err := bufio.NewReader(c.in).ReadString('\n')
		if err != nil && err != io.EOF { //nolint:errorlint // bufio returns it as it is
			return "", fmt.Errorf("read the password: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	first, err := c.secret(ctx, f, "New password: ")
	if err != nil {
		return "", err
	}
	again, err := c.secret(ctx, f, "Once more: ")
	if err != nil {
		return "", err
	}
	if first != again {
		return "", &api.Error{Code: api.ErrInvalid, Message: "The two passwords differ. Nothing was changed"}
	}
	return first, nil
}

// days is how long something lasts, which may be written in days too.
type days time.Duration

func (d *days) Set(text string) error {
	if whole, ok := strings.CutSuffix(text, "d"); ok {
		const most = 36_500
		n, err := strconv.ParseUint(whole, 10, 16)
		if err != nil || n > most {
			return fmt.Errorf("%q are no days", text)
		}
		*d = days(time.Duration(n) * 24 * time.Hour)
		return nil
	}
	parsed, err := time.ParseDuration(text)
	*d = days(parsed)
	return err
}

func (d *days) String() string {
	if *d == 0 {
		return ""
	}
	return time.Duration(*d).String()
}

func (*days) Type() string { return "duration" }
