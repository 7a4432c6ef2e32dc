import { useId, useState } from "react";
import { ApiError } from "../../api/client";
import { Button } from "../../components/Button";
import { notify } from "../../components/notice";
import { clearStorage } from "../../components/storage";
import { useLive, useServer } from "../../store/hooks";
import { SectionTitle } from "./SectionTitle";
import { Setting } from "./Setting";

/** Who one is here, and how to leave; and how to forget all choices. */
export function SessionSettings() {
  const { client } = useLive();
  const { role, server } = useServer();
  const [busy, setBusy] = useState(false);
  const session = useId();
  const reset = useId();

  const signOut = async () => {
    setBusy(true);
    try {
      await client.signOut();
    } catch (error) {
      const text = error instanceof ApiError ? error.message : String(error);
      notify({ key: "signout", tone: "bad", title: "You are still signed in", text });
    }
    setBusy(false);
  };
  const forget = () => {
    clearStorage();
    location.reload();
  };
  return (
    <section aria-labelledby="session">
      <SectionTitle id="session">Session</SectionTitle>
      <Setting id={session} label={role === null ? "Signed in" : `Signed in as ${role}`} note={ROLES[role ?? ""]}>
        <Button onClick={signOut} disabled={busy}>
          Sign out
        </Button>
      </Setting>
      <Setting
        id={reset}
        label="All choices"
        note="Everything chosen here, in the table and in the feed becomes what it was at first. The page reloads."
      >
        <Button onClick={forget}>Reset all</Button>
      </Setting>
      {server && <p className="border-t border-line pt-3 text-sm text-text-3">Quaywatch {server.version}</p>}
    </section>
  );
}

const ROLES: Record<string, string> = {
  viewer: "May look at everything but the values of environments, and change nothing.",
  operator: "May look at everything and act on containers.",
  admin: "May do everything.",
};
