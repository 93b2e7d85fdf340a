import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { type CustomResource, customResources } from "#imports-generator/custom-resources";
import { compareFolder, type Difference, updateFolder } from "#imports-generator/folder";
import { ImportsError } from "#imports-generator/imports-error";
import { renderImports } from "#imports-generator/render";
import { isSelected, missingKinds } from "#imports-generator/selection";
import { download, pinnedAddresses, readFolder } from "#imports-generator/sources";

const usage = `npm run imports                            types of the CRDs pinned in cdk8s.yaml, downloaded
npm run imports -- --from DIR              the same from copies of those files, every *.yaml of DIR; no network
npm run imports -- --check --from DIR      write nothing; exit 1 and list the files when imports/ is not up to date

Exit codes: 0 done, 1 failed or not up to date, 2 wrong arguments.`;

const root = join(import.meta.dirname, "../..");
const folder = join(root, "imports");

async function main(args: readonly string[]): Promise<number> {
  const { from, check, help } = readArguments(args);
  if (help) {
    console.log(usage);
    return 0;
  }
  const addresses = await pinnedAddresses(join(root, "cdk8s.yaml"));
  const resources = from === undefined ? await downloaded(addresses) : customResources(await readFolder(from));
  const files = await renderImports(resources, addresses);
  const missing = missingKinds(resources);
  if (missing.length > 0) console.error(`warning: ${from} does not define ${missing.join(", ")}`);

  const difference = check ? await compareFolder(folder, files) : await updateFolder(folder, files);
  for (const name of difference.foreign) console.error(`warning: ${shown(name)} is not generated, left as it is`);
  return check ? reportCheck(difference, from) : reportUpdate(difference, files.size, resources);
}

class UsageError extends ImportsError {}

interface Arguments {
  readonly from: string | undefined;
  readonly check: boolean;
  readonly help: boolean;
}

function readArguments(args: readonly string[]): Arguments {
  const options = { from: { type: "string" }, check: { type: "boolean" }, help: { type: "boolean" } } as const;
  try {
    const { from, check = false, help = false } = parseArgs({ args: [...args], options }).values;
    if (check && from === undefined) throw new Error("--check needs --from DIR");
    return { from, check, help };
  } catch (cause) {
    const problem = cause instanceof Error ? (cause.message.split(". ", 1)[0] ?? "") : String(cause);
    throw new UsageError(problem, "See npm run imports -- --help", { cause });
  }
}

async function downloaded(addresses: readonly string[]): Promise<CustomResource[]> {
  console.error(`downloading ${addresses.length} files`);
  const resources = customResources(await download(addresses), isSelected);
  const missing = missingKinds(resources);
  if (missing.length === 0) return resources;
  throw new ImportsError(
    `the pinned releases do not define ${missing.join(", ")}`,
    "Correct src/imports-generator/selection.ts or the addresses in cdk8s.yaml",
  );
}

function reportCheck({ outdated, stale }: Difference, from: string | undefined): number {
  for (const name of outdated) console.error(`${shown(name)} is not what the sources give`);
  for (const name of stale) console.error(`${shown(name)} has no source any more`);
  if (outdated.length + stale.length > 0) {
    console.error(`imports: not up to date. Run: npm run imports -- --from ${from}`);
    return 1;
  }
  console.log("imports: up to date");
  return 0;
}

function reportUpdate({ outdated, stale }: Difference, total: number, resources: readonly CustomResource[]): number {
  const groups = new Set(resources.map(({ group }) => group)).size;
  const unchanged = total - outdated.length;
  console.log(
    `imports: ${resources.length} kinds of ${groups} groups; files: ${outdated.length} written, ` +
      `${stale.length} removed, ${unchanged} unchanged`,
  );
  return 0;
}

function shown(name: string): string {
  return relative(root, join(folder, name));
}

function explain(error: unknown): number {
  if (error instanceof ImportsError) {
    console.error(`imports: ${error.message}. ${error.remedy}.`);
    return error instanceof UsageError ? 2 : 1;
  }
  // A file system error: reading the sources has errors of its own, so this is the folder we write.
  if (error instanceof Error && "syscall" in error) {
    console.error(`imports: ${error.message}. Make room in imports/ or make it writable, then run it again.`);
    return 1;
  }
  throw error;
}

process.exitCode = await main(process.argv.slice(2)).catch(explain);
