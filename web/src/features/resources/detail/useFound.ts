import { useSearch } from "wouter";
import { type Found, find } from "../model/found";
import type { Row } from "../model/kind";

/** The row that the address means: tests are what its text may be, the surest first. */
export function useFound<R extends Row>(rows: readonly R[], ...tests: readonly ((row: R) => boolean)[]): Found<R> {
  const engine = new URLSearchParams(useSearch()).get("engine");
  return find(rows, engine, tests);
}
