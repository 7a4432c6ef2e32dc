/** Hands a file to the browser. */
export function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has begun to read it by the next turn of its loop.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

/** A part of a file's name: letters, digits, dots and dashes. */
export function fileName(name: string, at: number, ending: string): string {
  const time = new Date(at).toISOString().slice(0, 19).replaceAll(":", "").replace("T", "-");
  return `${name.replaceAll(/[^\w.-]+/g, "-")}-${time}.${ending}`;
}
