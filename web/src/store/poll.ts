import type { ServerMessage } from "../api/messages";
import { type Polled, positionOf } from "../transport/poller";
import { SUB_IDS } from "../transport/topics";
import type { EpochMessage } from "./apply";

/**
 * pollMessages makes a poll's answer what a connection would have said: its
 * epoch, that each topic was subscribed to, recovered or not, and what follows.
 * So there is one reducer, and a poll is a very short connection to it.
 */
export function pollMessages(polled: Polled): (ServerMessage | EpochMessage)[] {
  const out: (ServerMessage | EpochMessage)[] = [{ type: "epoch", epoch: polled.epoch }];
  for (const [topic, recovered] of polled.topics) {
    const seq = positionOf(polled.messages, topic);
    if (seq !== undefined) out.push({ type: "subbed", id: SUB_IDS[topic], topic, recovered, seq });
  }
  return [...out, ...polled.messages];
}
