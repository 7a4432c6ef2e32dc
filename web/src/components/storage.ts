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

/** Forgets all that the page has saved. Others may share the address: what is not ours stays. */
export function clearStorage(): void {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith("quaywatch.")) localStorage.removeItem(key);
    }
  } catch {
    // Storage is refused here: there is nothing to forget.
  }
}
