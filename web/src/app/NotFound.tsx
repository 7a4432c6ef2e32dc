import Compass from "lucide-react/icons/compass";
import { Link } from "wouter";
import { CONTAINERS_PATH } from "../components/routes";

/** An address that names no page, and the way back. */
export function NotFound() {
  return (
    <div className="m-auto flex max-w-md flex-col items-center gap-4 px-6 py-12 text-center">
      <Compass size={32} strokeWidth={1.5} aria-hidden className="text-text-3" />
      <div>
        <h1 className="text-lg font-semibold">There is no such page</h1>
        <p className="mt-1 text-text-2">The address leads nowhere. It may be cut off, or of another version.</p>
      </div>
      <Link
        href={CONTAINERS_PATH}
        className="inline-flex h-7 items-center rounded border border-accent bg-accent px-2 text-sm text-on-accent hover:opacity-90"
      >
        Show the containers
      </Link>
    </div>
  );
}
