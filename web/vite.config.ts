import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

// Where npm run dev finds a server: quaywatch serve --listen 127.0.0.1:7420.
const server = process.env["QUAYWATCH_DEV_SERVER"] ?? "http://127.0.0.1:7420";

// The Go package web embeds dist, which must be there before the page is built:
// the file that keeps it in the repository is put back after dist was emptied.
const keepDist: Plugin = {
  name: "quaywatch:keep-dist",
  apply: "build",
  writeBundle: ({ dir }) => writeFileSync(`${dir}/.gitkeep`, ""),
};

// Text lies in the binary, and goes over the wire, compressed. The desktop app packs its own.
const compress: Plugin = {
  name: "quaywatch:compress",
  apply: (_, { command, mode }) => command === "build" && mode !== "desktop",
  writeBundle({ dir }, bundle) {
    for (const file of Object.keys(bundle).filter((file) => /\.(html|js|css|svg|json)$/.test(file))) {
      writeFileSync(`${dir}/${file}.gz`, gzipSync(readFileSync(`${dir}/${file}`), { level: 9 }));
      rmSync(`${dir}/${file}`);
    }
  },
};

// The page connects before it has read React (src/main.ts), which is imported
// later but fetched at once: index.html names those chunks too.
const preloadImported: Plugin = {
  name: "quaywatch:preload-imported",
  apply: "build",
  transformIndexHtml: {
    order: "post",
    handler: (html, { bundle = {}, chunk }) => {
      const files = new Set<string>();
      const add = (file: string) => {
        const found = bundle[file];
        if (found?.type !== "chunk" || found === chunk || files.has(file)) return;
        files.add(file);
        for (const other of found.imports) add(other);
      };
      for (const file of chunk?.dynamicImports ?? []) add(file);
      return [...files]
        .filter((file) => !html.includes(`/${file}"`))
        .map((file) => ({
          tag: "link",
          attrs: { rel: "modulepreload", crossorigin: true, href: `/${file}` },
          injectTo: "head" as const,
        }));
    },
  },
};

export default defineConfig({
  base: "/",
  plugins: [react(), tailwindcss(), keepDist, compress, preloadImported],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    // The server's policy is script-src 'self': nothing inline, so the preload
    // polyfill (an inline script's job) stays out and no asset becomes a data URL
    // except images, which the policy allows.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    sourcemap: false,
    reportCompressedSize: true,
    rolldownOptions: {
      output: {
        // What changes with us and what changes with its authors are cached apart.
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 2 },
            { name: "ui", test: /node_modules[\\/](@base-ui|@floating-ui|@tanstack)[\\/]/, priority: 1 },
            // What parts of the page share, in one chunk: many small ones compress worse. What only
            // the pages behind the first one have (sections, dialogs) is not part of the first load.
            { name: "shared", test: /src[\\/]components[\\/](?!sections|DialogFrame)|lucide-react/, minShareCount: 3 },
          ],
        },
      },
    },
  },
  server: {
    host: "127.0.0.1",
    strictPort: true,
    port: 5173,
    // The server checks Host and Origin: it has to see its own.
    proxy: { "/api": { target: server, ws: true, changeOrigin: true, headers: { origin: server } } },
  },
  test: {
    include: ["src/**/*.test.ts", "src/**/*.test.tsx"],
    benchmark: { include: ["bench/**/*.bench.ts"] },
    environment: "node",
    restoreMocks: true,
    // The properties run hundreds of cases, and machines that test are busy.
    testTimeout: 30_000,
  },
});
