import type { Topic } from "../api/types.gen";

/** The subscription ids of this client: one a topic, the same on every connection. */
export const SUB_IDS: Readonly<Record<Topic, number>> = {
  containers: 1,
  system: 2,
  events: 3,
  metrics: 4,
  jobs: 5,
  logs: 6,
};

/** The topic a subscription id stands for. */
export function topicOf(id: number): Topic | undefined {
  for (const topic of Object.keys(SUB_IDS) as Topic[]) {
    if (SUB_IDS[topic] === id) return topic;
  }
  return undefined;
}
