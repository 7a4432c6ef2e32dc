import { JobPanel } from "../actions/JobPanel";
import { TransferPanel } from "./TransferPanel";

/** All that the server is working on, below whatever page is shown. */
export function JobPanels() {
  return (
    <>
      <JobPanel />
      <TransferPanel />
    </>
  );
}
