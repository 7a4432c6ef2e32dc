import Download from "lucide-react/icons/download";
import type { MouseEvent } from "react";
import { exportPath } from "../../../api/events";
import { notify } from "../../../components/notice";
import { shellOf } from "../../../components/shell";
import { PopoverButton } from "./PopoverButton";

const FORMATS = [
  { format: "ndjson", word: "NDJSON", what: "one JSON object a line, with all attributes" },
  { format: "csv", word: "CSV", what: "for a spreadsheet" },
] as const;

/** Everything that is filtered, to the end of history, as a file. */
export function ExportMenu({ params }: { params: string }) {
  const save = (e: MouseEvent, path: string, format: string) => {
    const shell = shellOf();
    if (!shell) return;
    // In the desktop app a link leads nowhere: the page is not where the server is.
    e.preventDefault();
    shell.save(path, `quaywatch-events.${format}`).catch((error: unknown) => {
      notify({ tone: "bad", title: "The events could not be exported", text: String(error) });
    });
  };
  return (
    <PopoverButton
      label={
        <>
          <Download size={14} aria-hidden />
          <span className="max-sm:sr-only">Export</span>
        </>
      }
      name="Export"
    >
      {(close) => (
        <>
          <p className="px-3 pt-2 text-sm text-text-2">All that is filtered, back to the end of the history.</p>
          <ul className="py-1">
            {FORMATS.map(({ format, word, what }) => (
              <li key={format}>
                <a
                  href={exportPath(params, format)}
                  download={`quaywatch-events.${format}`}
                  className="flex min-h-8 items-baseline gap-2 px-3 py-1 hover:bg-surface-2"
                  onClick={(e) => {
                    save(e, exportPath(params, format), format);
                    close();
                  }}
                >
                  {word}
                  <span className="text-sm text-text-3">{what}</span>
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </PopoverButton>
  );
}
