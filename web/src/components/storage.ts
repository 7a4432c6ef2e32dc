/** localStorage, where it may be used: a private window or a full disk refuses it. */
export function load(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function save(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is refused here: the choice lasts as long as the page.
  }
}
