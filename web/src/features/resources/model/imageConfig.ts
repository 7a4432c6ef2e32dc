/** What an image's inspect document says of how it runs. */
type Document = Readonly<Record<string, unknown>>;

function object(value: unknown): Document {
  return typeof value === "object" && value !== null ? (value as Document) : {};
}

function words(value: unknown): string {
  if (!Array.isArray(value)) return typeof value === "string" ? value : "";
  return value.map((w) => (/[\s"]/.test(String(w)) || w === "" ? JSON.stringify(w) : String(w))).join(" ");
}

/** Names and values, without those that an image does not have. */
export function imageConfig(doc: Document | null): readonly { readonly name: string; readonly value: string }[] {
  if (doc === null) return [];
  const config = object(doc["Config"]);
  const platform = [doc["Os"], doc["Architecture"], doc["Variant"]].filter((p) => typeof p === "string" && p !== "");
  const facts = [
    { name: "Platform", value: platform.join("/") },
    { name: "Entrypoint", value: words(config["Entrypoint"]) },
    { name: "Command", value: words(config["Cmd"]) },
    { name: "Directory", value: words(config["WorkingDir"]) },
    { name: "User", value: words(config["User"]) },
    { name: "Ports", value: Object.keys(object(config["ExposedPorts"])).join(" ") },
    { name: "Volumes", value: Object.keys(object(config["Volumes"])).join(" ") },
    { name: "Environment", value: Array.isArray(config["Env"]) ? config["Env"].map(String).join("\n") : "" },
  ];
  return facts.filter((f) => f.value !== "");
}
