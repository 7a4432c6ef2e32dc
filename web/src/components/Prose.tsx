/**
 * A sentence from the server: what stands between backticks is code, and it ends
 * with a full stop, so that another sentence can follow.
 */
export function Prose({ text }: { text: string }) {
  return proseParts(text).map((part) =>
    part.code ? (
      <code key={part.at} className="font-mono">
        {part.text}
      </code>
    ) : (
      part.text
    ),
  );
}

interface ProsePart {
  /** Where in the text it begins. */
  at: number;
  text: string;
  code: boolean;
}

/** The words and the code of a text; a backtick without its partner is a backtick. */
export function proseParts(text: string): ProsePart[] {
  const parts: ProsePart[] = [];
  const whole = sentence(text);
  let at = 0;
  for (const m of whole.matchAll(/`([^`]+)`/g)) {
    if (m.index > at) parts.push({ at, text: whole.slice(at, m.index), code: false });
    parts.push({ at: m.index, text: m[1] ?? "", code: true });
    at = m.index + m[0].length;
  }
  if (at < whole.length) parts.push({ at, text: whole.slice(at), code: false });
  return parts;
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === "" || /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
