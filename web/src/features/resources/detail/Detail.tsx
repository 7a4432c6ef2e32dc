import type { ReactNode } from "react";
import type { Kind, Row } from "../model/kind";
import type { Rows } from "../useRows";
import { Missing } from "./Missing";
import { useFound } from "./useFound";

interface DetailProps<R extends Row> {
  kind: Kind<R>;
  list: { readonly path: string; readonly title: string };
  /** What the address says, and what it may mean, the surest first. */
  id: string;
  means: readonly ((row: R) => boolean)[];
  of: Rows<R>;
  children: (row: R) => ReactNode;
}

/** The one that the address means; or that there is none, or more than one. */
export function Detail<R extends Row>({ kind, list, id, means, of, children }: DetailProps<R>) {
  const found = useFound(of.rows, ...means);
  if (found.kind === "one") return children(found.row);
  const several = found.kind === "many" ? { rows: found.rows, path: (row: Row) => kind.path(row as R) } : undefined;
  return <Missing one={kind.one} id={id} list={list} loaded={of.loaded} several={several} />;
}
