import { preference } from "../../../components/preference";

/** What terminals remember in this browser. */
export const readerPreference = preference<"on" | "off">("terminal.reader", ["on", "off"], "off");
export const sizePreference = preference<"12" | "13" | "15" | "18">("terminal.size", ["12", "13", "15", "18"], "13");
