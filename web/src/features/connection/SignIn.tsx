import { type FormEvent, useState } from "react";
import { Button } from "../../components/Button";
import { useConnection } from "../../store/hooks";
import { signInWith } from "./secret";

/** The page for who is not signed in: the link that `quaywatch serve` printed, a token, or the password. */
export function SignIn() {
  const { signIn, state } = useConnection();
  const [token, setToken] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");

  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (token.trim() === "") {
      setError("Paste the link that quaywatch serve printed, a token, or type the password.");
      return;
    }
    setBusy(true);
    const answer = await signInWith(token, signIn);
    setBusy(false);
    if (answer.ok) setError("");
    else setError(answer.refused ? REFUSED : `That could not be checked: ${answer.message}`);
  };

  // What is wrong with the link counts until something else is.
  const oldLink = state.reason?.link === true && error === "";
  return (
    <div className="m-auto w-full max-w-md p-6">
      <h1 className="text-lg font-semibold">Sign in to Quaywatch</h1>
      <p className="mt-1 text-text-2">
        Open the link that <code className="font-mono text-sm">quaywatch serve</code> printed when it started, or paste
        it here. <code className="font-mono text-sm">quaywatch token url</code> prints a new one.
      </p>
      {oldLink && (
        <p role="alert" className="mt-3 rounded bg-bad-soft px-3 py-2 text-sm text-text-1">
          <strong className="font-semibold">This link does not work any more.</strong> It was used already, or it is too
          old. Run <code className="font-mono">quaywatch token url</code> on the machine where Quaywatch runs and open
          the link that it prints.
        </p>
      )}
      <form onSubmit={submit} className="mt-4 flex flex-col gap-2">
        <label htmlFor="sign-in" className="text-sm text-text-2">
          Link, token or password
        </label>
        <div className="flex gap-2">
          <input
            id="sign-in"
            // biome-ignore lint/a11y/noAutofocus: the only thing there is to do here
            autoFocus
            type="password"
            autoComplete="current-password"
            spellCheck={false}
            value={token}
            onChange={(e) => setToken(e.target.value)}
            aria-invalid={error !== ""}
            aria-describedby={error === "" ? undefined : "sign-in-error"}
            className="h-8 min-w-0 flex-1 rounded border border-line-strong bg-surface-1 px-2 font-mono text-sm"
          />
          <Button tone="primary" type="submit" disabled={busy} className="h-8 px-3">
            {busy ? "Signing in…" : "Sign in"}
          </Button>
        </div>
        {error !== "" && (
          <p id="sign-in-error" role="alert" className="text-sm text-bad">
            {error}
          </p>
        )}
      </form>
    </div>
  );
}

const REFUSED =
  "Not accepted: the token was used already, is too old or is not whole, or the password is wrong. quaywatch token url prints a new link.";
