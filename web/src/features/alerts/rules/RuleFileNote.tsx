import FileText from "lucide-react/icons/file-text";
import TriangleAlert from "lucide-react/icons/triangle-alert";
import type { AlertRuleFile } from "../../../api/types.gen";
import { Ago } from "../Ago";

/** The file that rules come from: how it is, and what is wrong in it, by line. */
export function RuleFileNote({ file }: { file: AlertRuleFile }) {
  const wrong = file.errors.length > 0;
  return (
    <section
      aria-label="File of rules"
      data-testid="rule-file"
      className={`border-b border-line px-4 py-2 text-sm ${wrong ? "bg-bad-soft" : "bg-surface-0"}`}
    >
      <p className="flex min-w-0 items-center gap-2">
        {wrong ? (
          <TriangleAlert size={14} aria-hidden className="shrink-0 text-bad" />
        ) : (
          <FileText size={14} aria-hidden className="shrink-0 text-text-3" />
        )}
        <code className="min-w-0 truncate font-mono" title={file.path}>
          {file.path}
        </code>
        <span className="shrink-0 text-text-2">
          {file.loadedAt === null ? (
            "could not be read yet"
          ) : (
            <>
              read <Ago time={file.loadedAt} />
            </>
          )}
        </span>
      </p>
      {wrong && (
        <>
          <p className="mt-1">
            {file.loadedAt === null
              ? "None of its rules is in force. What is wrong with it:"
              : "As it is now it is not in force: the rules are those of before. What is wrong with it:"}
          </p>
          <ul className="mt-1">
            {file.errors.map((e) => (
              <li key={`${e.line}:${e.column} ${e.message}`} className="wrap-anywhere">
                <span className="font-mono">
                  {e.line > 0 ? `line ${e.line}${e.column > 0 ? `:${e.column}` : ""}` : "file"}
                </span>{" "}
                {e.message}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
