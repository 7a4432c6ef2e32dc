/**
 * What the desktop app's window adds to the page. A leaf: the window sets it
 * before anything is drawn, the page asks for it; in a browser there is none.
 */
import type { ComponentType } from "react";
import type { Notice } from "./notice";

export interface Shell {
  /** What carries the WebSocket. */
  readonly carrier: string;
  /** News of the server and the window's own questions, above everything. */
  readonly News: ComponentType;
  /** The settings of the app. */
  readonly Settings: ComponentType;
  /** What can be done where no engine answers. */
  readonly NoEngineHelp: ComponentType;
  /** Shows a notice on the desktop. */
  notify(notice: Notice): void;
  /** Saves what the server has at a path. */
  save(path: string, name: string): Promise<void>;
}

let shell: Shell | null = null;

export const shellOf = (): Shell | null => shell;

export function setShell(to: Shell): void {
  shell = to;
}
