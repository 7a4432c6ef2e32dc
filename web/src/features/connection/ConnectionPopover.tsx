import { Popover } from "@base-ui/react/popover";
import History from "lucide-react/icons/history";
import { Button } from "../../components/Button";
import { CopyButton } from "../../components/CopyButton";
import { useConnection, useServer, useTrouble } from "../../store/hooks";
import { CostFacts } from "./CostFacts";
import { diagnostics } from "./diagnostics";
import { EngineFacts } from "./EngineFacts";
import { HopPicture } from "./HopPicture";
import { hopVerdict } from "./hops";
import { LinkActions } from "./LinkActions";
import { LinkFacts } from "./LinkFacts";
import { isUp, linkView, pillView } from "./pillView";
import { TransportChoice } from "./TransportChoice";

/** All there is to know about the two hops, and what can be done about them. */
export function ConnectionPopover({ onTrouble }: { onTrouble: () => void }) {
  const { state, quality, engines } = useConnection();
  const { server } = useServer();
  const trouble = useTrouble();
  const view = pillView(state, engines);
  const link = linkView(state);
  const text = () =>
    diagnostics({
      state,
      quality,
      engines,
      server,
      trouble,
      browser: navigator.userAgent,
      time: new Date().toISOString(),
    });
  return (
    <>
      <div className="px-4 pt-3 pb-3">
        <Popover.Title className="text-base font-semibold">{view.text}</Popover.Title>
        <Popover.Description className="text-sm text-text-2">
          {hopVerdict(view.state, engines, state.why)}
        </Popover.Description>
        {state.reason && <p className="mt-1 text-sm text-text-2 wrap-anywhere">{reasonText(state.reason)}</p>}
        <LinkActions view={link} state={state} />
      </div>
      <div className="border-t border-line px-4 py-3">
        <HopPicture state={link.state} rtt={state.rtt} engines={engines} />
      </div>
      <LinkFacts transport={state.transport} quality={quality} />
      {engines.map((e) => (
        <EngineFacts key={e.id} engine={e} lastKnown={!isUp(link.state) && link.state !== "syncing"} />
      ))}
      {server && <CostFacts server={server} />}
      <TransportChoice />
      <div className="flex flex-wrap items-center gap-1.5 border-t border-line px-4 py-2.5">
        <CopyButton label="Copy diagnostics" text={text} />
        <Button onClick={onTrouble}>
          <History size={14} aria-hidden />
          Trouble log{trouble.length > 0 && ` (${trouble.length})`}
        </Button>
        <span className="ms-auto truncate text-sm text-text-3">{server?.version ?? ""}</span>
      </div>
    </>
  );
}

function reasonText(reason: { code: number; text: string }): string {
  const code = reason.code === 0 ? "" : ` (${reason.code})`;
  const text = reason.text === "" ? "The connection ended" : reason.text.replace(/[.\s]+$/, "");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${code}.`;
}
