import type { Secret } from "../api/client";

/**
 * How a sign-in ended. refused: the server said no, and asking again changes
 * nothing; otherwise it could not be asked.
 */
export type SignIn =
  | {
      readonly ok: true;
      /** What the session may do, where the server was asked. */
      readonly role?: string;
    }
  | {
      readonly ok: false;
      readonly refused: boolean;
      readonly code: number;
      readonly message: string;
      /** It was the link's own token that was refused, and no cookie helped. */
      readonly link?: boolean;
    };

/** Gets us the session cookie. */
export interface Authenticator {
  /** Exchanges a token that waits, if there is one. */
  prepare(): Promise<SignIn>;
  /** Whether the cookie we have is valid. */
  check(): Promise<SignIn>;
  signIn(secret: Secret): Promise<SignIn>;
  /** The page is about to be loaded anew: a token that waits goes back to where it came from. */
  giveBack(): void;
}
