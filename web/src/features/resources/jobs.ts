/** Asking the server for what takes its time: its progress comes on topic "jobs", for everybody. */
import { ApiError } from "../../api/client";
import type { JobRequest } from "../../api/types.gen";
import type { Live } from "../../store/live";
import { deskOf as actionDeskOf } from "../actions/desk";
import { tellRefused } from "../actions/outcome";

/** Has a job begun; title says what could not be, where it can't: "Could not pull nginx". */
export async function begin(live: Live, request: JobRequest, title: string, key?: string): Promise<void> {
  try {
    const job = await live.client.createJob(request, key);
    actionDeskOf(live).own.add(job.id);
  } catch (err) {
    const again = err instanceof ApiError && err.status === 0 ? key : undefined;
    tellRefused(title, `job ${title}`, err, () => void begin(live, request, title, again));
  }
}
