/** Asking the server for what takes its time: its progress comes on topic "jobs", for everybody. */
import type { JobRequest } from "../../api/types.gen";
import type { Live } from "../../store/live";
import { deskOf as actionDeskOf } from "../actions/desk";

/** Has a job begun, as this tab's. What is thrown is why it can't be. */
export async function begin(live: Live, request: JobRequest): Promise<void> {
  const job = await live.client.createJob(request);
  actionDeskOf(live).own.add(job.id);
}
