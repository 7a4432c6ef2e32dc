/** What was written in the Dockerfile, without what the builder put around it. */
export function stepText(createdBy: string): string {
  return createdBy
    .replace(/ # buildkit$/, "")
    .replace(/^\/bin\/sh -c #\(nop\)\s*/, "")
    .replace(/^(RUN )?\/bin\/sh -c /, "RUN ");
}
