/**
 * Ways through the page that are more than a link. The browser's history is the
 * only memory there is of where one was, but for the filter of the table, which
 * a plain link to it would lose.
 */
import { navigate } from "wouter/use-browser-location";
import { CONTAINERS_PATH } from "../components/routes";

/** How many of the page's own addresses lie behind this one, as far as is known. */
let behind = 0;
let tableSearch = "";
let popped = false;

/** Follows the history, which wouter makes tell of its changes; the shell calls it once. */
export function followHistory(): () => void {
  const keepSearch = () => {
    if (location.pathname === CONTAINERS_PATH) tableSearch = location.search;
  };
  const onPush = () => {
    behind++;
    popped = false;
    // A link to the plain table is no wish for another filter.
    if (location.search !== "") keepSearch();
  };
  const onPop = () => {
    behind = Math.max(0, behind - 1);
    popped = true;
    keepSearch();
  };
  keepSearch();
  window.addEventListener("pushState", onPush);
  window.addEventListener("popstate", onPop);
  window.addEventListener("replaceState", keepSearch);
  return () => {
    window.removeEventListener("pushState", onPush);
    window.removeEventListener("popstate", onPop);
    window.removeEventListener("replaceState", keepSearch);
  };
}

/** Whether the address now shown was come back to. */
export function cameBack(): boolean {
  return popped;
}

/** Esc: where one came from, or the table where the page began elsewhere. */
export function goBack(): void {
  if (behind > 0) history.back();
  else navigate(CONTAINERS_PATH);
}

/** Puts the filter back into the address of a table that is shown as it was left. */
export function restoreTableSearch(): void {
  if (location.search === "" && tableSearch !== "") navigate(CONTAINERS_PATH + tableSearch, { replace: true });
}

export function goToContainers(): void {
  if (location.pathname === CONTAINERS_PATH) focusMain();
  else navigate(CONTAINERS_PATH + tableSearch);
}

/** Into the table, or else to the beginning of the page's content. */
export function focusMain(): void {
  const main = document.getElementById("main");
  const row = main?.querySelector<HTMLElement>('[data-line][tabindex="0"]');
  if (row?.checkVisibility()) row.focus();
  else main?.focus({ preventScroll: true });
}
