/** Docker's rule for names (moby daemon/names): [a-zA-Z0-9][a-zA-Z0-9_.-]+ */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** What is wrong with a name for a container, in a sentence, or null for nothing. */
export function nameProblem(name: string, taken: (name: string) => boolean): string | null {
  if (name === "") return "A container needs a name.";
  if (!/^[a-zA-Z0-9]/.test(name)) return "The name must begin with a letter or a digit.";
  if (name.length < 2) return "The name must have two characters at least.";
  const bad = [...name].find((ch) => !/[a-zA-Z0-9_.-]/.test(ch));
  if (bad !== undefined) {
    const what = bad === " " ? "A space" : `“${bad}”`;
    return `${what} can't be in a name: letters, digits, “_”, “.” and “-” can.`;
  }
  if (!NAME.test(name)) return "Docker takes letters, digits, “_”, “.” and “-”, a letter or digit first.";
  return taken(name) ? `Another container is called ${name}.` : null;
}
