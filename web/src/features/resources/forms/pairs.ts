/** "a=1 b=2", one a line or side by side; what has no "=" has no value. */
export function parsePairs(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const line of text.split(/[\n,]/)) {
    const word = line.trim();
    if (word === "") continue;
    const at = word.indexOf("=");
    if (at < 0) pairs[word] = "";
    else pairs[word.slice(0, at).trim()] = word.slice(at + 1).trim();
  }
  return pairs;
}

/** A part of a request that is left out where it is empty. */
export function given<K extends string>(name: K, text: string): { [P in K]?: string } {
  const value = text.trim();
  return value === "" ? {} : ({ [name]: value } as { [P in K]: string });
}

export function givenPairs<K extends string>(name: K, text: string): { [P in K]?: Record<string, string> } {
  const pairs = parsePairs(text);
  return Object.keys(pairs).length === 0 ? {} : ({ [name]: pairs } as { [P in K]: Record<string, string> });
}
