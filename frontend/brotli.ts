/**
 * Scripts and styles in brotli, a tenth smaller than what Next compresses for each request: written once beside each file
 * when the front end is built, and served in its place to whoever takes it.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import type { NextConfig } from "next";

const TYPES = { js: "application/javascript; charset=UTF-8", css: "text/css; charset=UTF-8" } as const;

const compress = promisify(brotliCompress);

/** @param distDir what `next build` writes */
export async function compressFiles({ distDir }: { readonly distDir: string }): Promise<void> {
  const folder = join(distDir, "static");
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.(js|css)$/.test(name));
  await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      const bytes = await readFile(file);
      const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
      await writeFile(`${file}.br`, await compress(bytes, { params }));
    }),
  );
}

/** `br`, not refused by a quality of nothing (RFC 9110, section 12.4.2). */
const takesBrotli: { type: "header"; key: string; value: string }[] = [
  {
    type: "header",
    key: "accept-encoding",
    value: "(?:.*,)?\\s*br\\s*(?:;\\s*q=(?:1(?:\\.0*)?|0?\\.\\d*[1-9]\\d*))?\\s*(?:,.*)?",
  },
];

const filesOf = (type: string): string => `/_next/static/:file(.+\\.${type})`;

export const brotliRewrites: NonNullable<NextConfig["rewrites"]> = async () => ({
  beforeFiles: Object.keys(TYPES).map((type) => ({
    source: filesOf(type),
    has: takesBrotli,
    destination: "/_next/static/:file.br",
  })),
});

export const brotliHeaders: NonNullable<NextConfig["headers"]> = async () =>
  Object.entries(TYPES).flatMap(([type, contentType]) => [
    { source: filesOf(type), headers: [{ key: "Vary", value: "Accept-Encoding" }] },
    {
      source: filesOf(type),
      has: takesBrotli,
      headers: [
        { key: "Content-Encoding", value: "br" },
        { key: "Content-Type", value: contentType },
      ],
    },
  ]);
