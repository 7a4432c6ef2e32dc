import Bug from "lucide-react/icons/bug";
import RefreshCw from "lucide-react/icons/refresh-cw";
import { Button } from "../components/Button";
import { CopyButton } from "../components/CopyButton";
import { ChunkError } from "./lazyPart";

/** In place of a page that failed: what happened, something to copy for who is told, and the way out. */
export function PageError({ name, error }: { name: string; error: unknown }) {
  const missing = error instanceof ChunkError;
  const Icon = missing ? RefreshCw : Bug;
  return (
    <div role="alert" className="m-auto flex max-w-lg flex-col items-center gap-4 px-6 py-12 text-center">
      <Icon size={32} strokeWidth={1.5} aria-hidden className="text-text-3" />
      <div>
        <h1 className="text-lg font-semibold">{missing ? "Reload to update" : `${name} could not be shown`}</h1>
        <p className="mt-1 text-text-2">
          {missing
            ? "A part of this page could not be loaded: Quaywatch was updated since the page was opened, or can't be reached."
            : "This is a defect of Quaywatch. The rest of the page works on; what you copy here helps to mend it."}
        </p>
      </div>
      <div className="flex gap-2">
        {!missing && <CopyButton label="Copy what happened" text={() => errorText(name, error)} />}
        <Button tone="primary" onClick={() => location.reload()}>
          Reload
        </Button>
      </div>
    </div>
  );
}

/** No address and no names of containers: it is meant to be shown to others. */
function errorText(name: string, error: unknown): string {
  const said = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
  return `${name}\n${said}\n${navigator.userAgent}`;
}
