/**
 * How well words fit a text: what the palette ranks by. Both sides are lower
 * case. A score is comparable between texts, 0 is no fit.
 */

/** One word: as it stands, best at the beginning of a word; else its letters in their order. */
export function fuzzy(word: string, text: string): number {
  const at = text.indexOf(word);
  if (at >= 0) {
    const whole = text.length === word.length ? 60 : 0;
    return 100 + whole + (at === 0 ? 40 : begins(text, at) ? 25 : 0) - Math.min(20, (text.length - word.length) / 2);
  }
  return scattered(word, text);
}

function scattered(word: string, text: string): number {
  if (word.length < 2) return 0;
  let score = 60;
  let last = -1;
  for (const letter of word) {
    let at = text.indexOf(letter, last + 1);
    if (at < 0) return 0;
    // The beginning of a later word is what one means by an initial.
    if (at !== last + 1) {
      const initial = nextInitial(text, letter, at);
      if (initial >= 0) at = initial;
      else score -= 8;
    }
    last = at;
  }
  return Math.max(0, score);
}

function nextInitial(text: string, letter: string, from: number): number {
  for (let at = from; at >= 0 && at < text.length; at = text.indexOf(letter, at + 1)) {
    if (begins(text, at)) return at;
    if (at + 1 >= text.length) return -1;
  }
  return -1;
}

function begins(text: string, at: number): boolean {
  return at === 0 || /[^a-z0-9]/.test(text[at - 1] ?? " ");
}

/** A text that counts as much as its weight says; letters in order count only where loose. */
export interface Field {
  readonly text: string;
  readonly weight: number;
  readonly loose: boolean;
}

/** Every word must fit one of the fields; the sum of the best, 0 when one fits none. */
export function fitness(words: readonly string[], fields: readonly Field[]): number {
  let sum = 0;
  for (const word of words) {
    let best = 0;
    for (const field of fields) {
      if (field.text === "" || (!field.loose && !field.text.includes(word))) continue;
      best = Math.max(best, fuzzy(word, field.text) * field.weight);
    }
    if (best === 0) return 0;
    sum += best;
  }
  return sum;
}
