/**
 * uPlot asks Intl for navigator.language while it is being read. Under the locale
 * "C", WebKitGTK reports a language that is no valid tag; Intl then throws, and
 * whoever imports uPlot never comes to be. So the language is put right first.
 */

/** What is used where the browser reports no language that Intl knows. */
const FALLBACK = "en-US";

/** safeLanguage returns the language where Intl accepts it, the nearest valid tag, or English. */
export function safeLanguage(language: string | undefined): string {
  // "de_DE.UTF-8" is how a POSIX locale is written; "de-DE" is how the web writes it.
  const tag = (language ?? "").replace(/[.@].*$/, "").replaceAll("_", "-");
  for (const candidate of [language, tag]) {
    if (candidate && isTag(candidate)) return candidate;
  }
  return FALLBACK;
}

function isTag(language: string): boolean {
  try {
    new Intl.NumberFormat(language);
    return true;
  } catch {
    return false;
  }
}

/** guardLanguage makes navigator.language a valid tag; where it is one, nothing is touched. */
export function guardLanguage(nav: { readonly language: string }): void {
  const safe = safeLanguage(nav.language);
  if (safe === nav.language) return;
  Object.defineProperty(nav, "language", { value: safe, configurable: true });
}
