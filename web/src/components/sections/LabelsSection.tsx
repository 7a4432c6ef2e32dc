import { useState } from "react";
import { Copyable } from "./Copyable";
import { labelGroups } from "./labels";
import { Section } from "./Section";

/** From that many on, a search is worth its room. */
const MANY = 6;

/** Labels by who uses them. */
export function LabelsSection({ labels }: { labels: Readonly<Record<string, string>> }) {
  const [search, setSearch] = useState("");
  const count = Object.keys(labels).length;
  if (count === 0) return null;
  const groups = labelGroups(labels, search);
  return (
    <Section
      title={`Labels (${count})`}
      actions={
        count >= MANY && (
          <input
            type="search"
            aria-label="Search labels"
            placeholder="Search labels"
            value={search}
            onChange={(e) => setSearch(e.target.value)}
            className="h-6 w-40 rounded border border-line-strong bg-surface-0 px-2 text-sm"
          />
        )
      }
    >
      {groups.length === 0 && <p className="text-text-2">No label has “{search}” in it.</p>}
      {groups.map((group) => (
        <div key={group.title} className="not-first:mt-2">
          {(groups.length > 1 || group.title !== "Own") && <h3 className="text-sm text-text-3">{group.title}</h3>}
          <dl>
            {group.labels.map((label) => (
              <div key={label.name} className="flex flex-wrap gap-x-2 py-0.5" data-label={label.name}>
                <dt className="font-mono text-sm wrap-anywhere text-text-2">{label.name}</dt>
                <dd className="min-w-0 font-mono text-sm">
                  <Copyable what={`label ${label.name}`} text={label.value}>
                    {label.value || <span className="text-text-3">(empty)</span>}
                  </Copyable>
                </dd>
              </div>
            ))}
          </dl>
        </div>
      ))}
    </Section>
  );
}
