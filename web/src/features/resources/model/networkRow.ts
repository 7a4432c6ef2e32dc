import type { Network } from "../../../api/types.gen";
import type { Row } from "./kind";

export interface NetworkRow extends Row {
  readonly network: Network;
}

/** Those that every engine has, and that can't be removed. */
export function isBuiltIn(network: Network): boolean {
  return network.name === "bridge" || network.name === "host" || network.name === "none" || network.ingress;
}

const made = new WeakMap<Network, NetworkRow>();

export function networkRow(network: Network): NetworkRow {
  let row = made.get(network);
  if (row === undefined) {
    row = { key: `${network.engine}/${network.id}`, engine: network.engine, name: network.name, network };
    made.set(network, row);
  }
  return row;
}
