import { notify } from "../components/notice";
import type { Live } from "../store/live";

/** Ends the session; the server then closes the connection, and the page asks to sign in. */
export async function signOut({ client }: Live): Promise<void> {
  try {
    await client.signOut();
  } catch (error) {
    notify({
      key: "signout",
      tone: "bad",
      title: "You are still signed in",
      text: error instanceof Error ? error.message : String(error),
    });
  }
}
