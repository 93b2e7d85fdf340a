/** What is fixed when the front end is built. Anything that differs between environments is read when a request comes. */
import { fileURLToPath } from "node:url";
import type { NextConfig } from "next";
import { brotliHeaders, brotliRewrites, compressFiles } from "./brotli.ts";
import { hintScripts } from "./compile-hints.ts";

const repository = fileURLToPath(new URL("..", import.meta.url));

const config: NextConfig = {
  // The image takes what the server traces to, below the repository's root: contracts and the understanding lie outside.
  output: "standalone",
  outputFileTracingRoot: repository,
  turbopack: { root: repository },
  poweredByHeader: false,
  reactStrictMode: true,
  productionBrowserSourceMaps: false,
  devIndicators: false,
  // A click on a link without a network waits for it, where the browser would show its own error page in place of ours.
  experimental: { useOffline: true },
  // There are no pictures to optimise, so the image does without 20 MB of native code for it.
  images: { unoptimized: true },
  ...(process.env.NODE_ENV === "production" && {
    compiler: {
      runAfterProductionCompile: async (build) => {
        await hintScripts(build);
        await compressFiles(build);
      },
    },
    rewrites: brotliRewrites,
    headers: brotliHeaders,
  }),
  outputFileTracingExcludes: { "*": ["../node_modules/@img/**", "../node_modules/sharp/**"] },
};

export default config;
