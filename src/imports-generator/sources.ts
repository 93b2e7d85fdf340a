import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { ImportsError } from "./imports-error.ts";

/** One file of definitions: its name for messages (file name or address) and its YAML. */
export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

const fromRemedy = "Check the connection, or pass copies of the files: npm run imports -- --from DIR";

const config = z.object({ imports: z.array(z.string()).min(1) });

/**
 * The `imports` of a `cdk8s.yaml`, without the `NAME:=` prefix cdk8s allows.
 * @throws ImportsError when the file cannot be read or lists none.
 */
export async function pinnedAddresses(configPath: string): Promise<string[]> {
  const remedy = "List the pinned addresses of the CRD files under `imports:` there";
  let document: unknown;
  try {
    document = parse(await readFile(configPath, "utf8"));
  } catch (cause) {
    throw new ImportsError(`cannot read cdk8s.yaml: ${reasonOf(cause)}`, remedy, { cause });
  }
  const parsed = config.safeParse(document);
  if (!parsed.success) throw new ImportsError("cdk8s.yaml has no list of `imports`", remedy);
  return parsed.data.imports.map((entry) => entry.replace(/^[^/]*:=/, ""));
}

/** Every `*.yaml` of a folder, by name. @throws ImportsError when it cannot be read or has none. */
export async function readFolder(folder: string): Promise<SourceFile[]> {
  const remedy = "Pass a folder that holds the CRD files: npm run imports -- --from DIR";
  try {
    const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort();
    if (names.length === 0) throw new ImportsError(`${folder} holds no *.yaml file`, remedy);
    return await Promise.all(names.map(async (name) => ({ name, text: await readFile(join(folder, name), "utf8") })));
  } catch (cause) {
    if (cause instanceof ImportsError) throw cause;
    throw new ImportsError(`cannot read ${folder}: ${reasonOf(cause)}`, remedy, { cause });
  }
}

/**
 * Downloads every address, all at once.
 * @param timeout milliseconds for each address
 * @throws ImportsError naming how many failed and the first of them.
 */
export async function download(addresses: readonly string[], timeout = 60_000): Promise<SourceFile[]> {
  const results = await Promise.allSettled(addresses.map((address) => downloadOne(address, timeout)));
  const failed = results.flatMap((result, i) =>
    result.status === "rejected" ? [`${addresses[i]} (${reasonOf(result.reason)})`] : [],
  );
  if (failed.length > 0) {
    throw new ImportsError(
      `cannot download ${failed.length} of ${results.length} files, first ${failed[0]}`,
      fromRemedy,
    );
  }
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

async function downloadOne(address: string, timeout: number): Promise<SourceFile> {
  const response = await fetch(address, { signal: AbortSignal.timeout(timeout) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return { name: address, text: await response.text() };
}

/** `fetch` hides the reason in its cause: the code (ENOTFOUND, ENOENT) says most in least space. */
function reasonOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  if ("cause" in error && error.cause !== undefined) return reasonOf(error.cause);
  if ("code" in error && typeof error.code === "string") return error.code;
  const message = "message" in error ? error.message : error;
  return String(message).split("\n", 1)[0] ?? "";
}
