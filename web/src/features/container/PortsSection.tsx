import ExternalLink from "lucide-react/icons/external-link";
import type { Container } from "../../api/types.gen";
import { exposedText, portViews } from "../../components/container/ports";
import { Section } from "../../components/sections/Section";

/** Where it can be reached. What is published by TCP opens in a new window. */
export function PortsSection({ container: c }: { container: Container }) {
  const published = portViews(c, location.hostname);
  const exposed = exposedText(c);
  if (published.length === 0 && exposed === "") return null;
  return (
    <Section title="Ports">
      <ul>
        {published.map((p) => (
          <li key={p.key} className="flex flex-wrap items-baseline gap-x-3 py-0.5">
            {p.href ? (
              <a
                href={p.href}
                target="_blank"
                rel="noreferrer"
                className="inline-flex items-center gap-1 text-accent hover:underline"
              >
                {p.href.replace(/\/$/, "")}
                <ExternalLink size={12} aria-hidden />
                <span className="sr-only">(opens a new window)</span>
              </a>
            ) : (
              <span>{p.text}</span>
            )}
            <span className="font-mono text-sm text-text-3">{p.title}</span>
          </li>
        ))}
      </ul>
      {exposed !== "" && <p className="text-sm text-text-2">Exposed, not published: {exposed}</p>}
    </Section>
  );
}
