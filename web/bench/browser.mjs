// Debian's Chromium, as the tests start it.
import { chromium } from "playwright-core";

const executablePath = process.env.QUAYWATCH_CHROMIUM ?? "/usr/bin/chromium";
const flags =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

export const launch = (...more) => chromium.launch({ executablePath, args: [...flags.split(" "), ...more] });
