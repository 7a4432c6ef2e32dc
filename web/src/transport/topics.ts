import type { SequencedTopic, ServerMessage } from "../api/messages";
import type { Sub, Topic } from "../api/types.gen";

/** The subscription ids of this client: one a topic, the same on every connection. */
export const SUB_IDS: Readonly<Record<Topic, number>> = {
  containers: 1,
  system: 2,
  events: 3,
  metrics: 4,
  jobs: 5,
  logs: 6,
  images: 7,
  volumes: 8,
  networks: 9,
  alerts: 10,
};

/** The topics that every connection follows. */
export const ALWAYS: readonly SequencedTopic[] = ["containers", "system", "jobs", "alerts", "events"];

/** The topics that are followed while a part of the page needs them. */
export type OptionalTopic = "images" | "volumes" | "networks";

/** The topic a subscription id stands for. */
export function topicOf(id: number): Topic | undefined {
  for (const topic of Object.keys(SUB_IDS) as Topic[]) {
    if (SUB_IDS[topic] === id) return topic;
  }
  return undefined;
}

/** What asks for a topic; of the events, the last so many come with its snapshot. */
export function subscription(topic: SequencedTopic, lastEvents: number): Sub {
  const sub: Sub = { type: "sub", id: SUB_IDS[topic], topic };
  if (topic === "events") sub.filter = { last: lastEvents };
  return sub;
}

/** Whether a message is for the sink; the connection itself heeds the others. */
export function isForSink(m: ServerMessage): boolean {
  return m.type !== "ping" && m.type !== "pong" && m.type !== "logs";
}
