/** What is fixed when the front end is built. Anything that differs between environments is read when a request comes. */
import { fileURLToPath } from "node:url";
import type { NextConfig } from "next";

const repository = fileURLToPath(new URL("..", import.meta.url));

const config: NextConfig = {
  // The image takes what the server traces to, below the repository's root: contracts and the understanding lie outside.
  output: "standalone",
  outputFileTracingRoot: repository,
  turbopack: { root: repository },
  poweredByHeader: false,
  reactStrictMode: true,
  productionBrowserSourceMaps: false,
  // Compression is the edge's: Envoy in the cluster; on the laptop nothing travels far.
  devIndicators: false,
};

export default config;
