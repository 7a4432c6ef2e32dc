import type { SignIn } from "../../transport/auth";

type SignInWith = (secret: string | { readonly password: string }) => Promise<SignIn>;

/**
 * signInWith takes whatever stands in the one field: a link, a token, or the
 * password. What looks like a token is not tried as a password; the rest may
 * still be the token of somebody's own file.
 */
export async function signInWith(text: string, signIn: SignInWith): Promise<SignIn> {
  const token = /[#&?]token=([^&\s]+)/.exec(text)?.[1] ?? (/^\s*(qw_[a-z0-9]+)\s*$/i.exec(text)?.[1] || null);
  if (token !== null) return signIn(token);
  const answer = await signIn({ password: text });
  return answer.ok || !answer.refused ? answer : signIn(text.trim());
}
