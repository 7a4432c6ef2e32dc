import { Link } from "wouter";
import type { Container } from "../../api/types.gen";
import { CONTAINERS_PATH, imagePath } from "../../components/routes";
import { Copyable } from "../../components/sections/Copyable";
import { type Fact, Facts } from "../../components/sections/Facts";
import { Section } from "../../components/sections/Section";
import { at, commandText, type Document, text, texts } from "./model/document";
import { useThingPath } from "./useThingPath";

/** Which image, which command, who it is. */
export function IdentitySection({ container: c, doc }: { container: Container; doc: Document | null }) {
  const path = useThingPath();
  const facts: Fact[] = [
    {
      name: "Image",
      value: (
        <Copyable what="image" text={c.image}>
          <span className="font-mono text-sm">{c.image}</span>
        </Copyable>
      ),
    },
    {
      name: "Image id",
      ...(c.imageId !== "" && { href: path(imagePath(c.imageId), c.engine) }),
      value: <Id what="image id" id={c.imageId.replace(/^sha256:/, "")} whole={c.imageId} />,
    },
    { name: "Container id", value: <Id what="container id" id={c.id} whole={c.id} /> },
  ];
  if (doc) {
    addCommand(facts, "Entrypoint", texts(at(doc, "Config", "Entrypoint")));
    addCommand(facts, "Command", texts(at(doc, "Config", "Cmd")));
    addText(facts, "Working directory", text(at(doc, "Config", "WorkingDir")));
    addText(facts, "User", text(at(doc, "Config", "User")));
    addText(facts, "Hostname", text(at(doc, "Config", "Hostname")));
    addText(facts, "Stop signal", text(at(doc, "Config", "StopSignal")));
    addText(facts, "Runtime", text(at(doc, "HostConfig", "Runtime")));
  } else {
    addCommand(facts, "Command", [c.command]);
  }
  if (c.project !== "") {
    facts.push({
      name: "Compose",
      value: (
        <>
          <Link
            href={`${CONTAINERS_PATH}?q=${encodeURIComponent(`project:${c.project}`)}`}
            className="text-accent underline"
          >
            {c.project}
          </Link>
          {c.service !== "" && `, service ${c.service}`}
        </>
      ),
    });
  }
  if (c.pid > 0) facts.push({ name: "Process", value: `${c.pid} on the host` });
  return (
    <Section title="Container">
      <Facts facts={facts} />
    </Section>
  );
}

function Id({ what, id, whole }: { what: string; id: string; whole: string }) {
  return (
    <Copyable what={what} text={whole}>
      <span className="font-mono text-sm" title={whole}>
        {id.slice(0, 12)}
      </span>
    </Copyable>
  );
}

function addCommand(facts: Fact[], name: string, words: readonly string[]): void {
  if (words.length === 0) return;
  const line = commandText(words);
  facts.push({
    name,
    value: (
      <Copyable what={name.toLowerCase()} text={line}>
        <code className="font-mono text-sm whitespace-pre-wrap">{line}</code>
      </Copyable>
    ),
  });
}

function addText(facts: Fact[], name: string, value: string): void {
  if (value !== "") facts.push({ name, value: <span className="font-mono text-sm">{value}</span> });
}
