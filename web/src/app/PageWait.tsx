/** While a page's own code is fetched: nothing for the first moment, then that it comes. */
export function PageWait() {
  return (
    <p role="status" className="qw-late m-auto text-text-2">
      Loading…
    </p>
  );
}
