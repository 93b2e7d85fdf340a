import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ModelError } from "#model/errors";
import { topologyOf } from "#model/graph";
import { todo } from "#system";

const usage = `npm run graph                     draw who talks to whom: docs/topology.svg
npm run graph -- --out FILE       the same into another file
npm run graph -- --json           print {nodes: [{id, kind}], edges: [{from, to, kind}]} and draw nothing

An edge reads as a sentence, "tasks publishes task-events": from is the service whose entry in src/system.ts says so.
Kinds of nodes: service, topic, store, outside. Kinds of edges: invokes, publishes, subscribes, stores, egress.

Exit codes: 0 done, 1 failed, 2 wrong arguments.`;

const root = join(import.meta.dirname, "../..");

class GraphError extends Error {
  readonly remedy: string;
  readonly exitCode: number;

  constructor(message: string, remedy: string, exitCode: number, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
    this.exitCode = exitCode;
  }
}

function readArguments(args: readonly string[]) {
  const options = { json: { type: "boolean" }, out: { type: "string" }, help: { type: "boolean" } } as const;
  try {
    const { json = false, out, help = false } = parseArgs({ args: [...args], options }).values;
    if (json && out !== undefined) throw new Error("--json prints and --out writes a picture");
    return { json, help, out: out === undefined ? join(root, "docs/topology.svg") : resolve(out) };
  } catch (cause) {
    const problem = cause instanceof Error ? (cause.message.split(". ", 1)[0] ?? "") : String(cause);
    throw new GraphError(problem, "See npm run graph -- --help", 2, { cause });
  }
}

/** A reader sees the old picture or the new one, never a part. */
async function writeWhole(file: string, text: string): Promise<void> {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(beside, text);
    await rename(beside, file);
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => undefined);
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new GraphError(`cannot write the picture: ${problem}`, "Make room or name another file with --out", 1, {
      cause,
    });
  }
}

async function main(args: readonly string[]): Promise<void> {
  const { json, help, out } = readArguments(args);
  if (help) {
    console.log(usage);
    return;
  }
  const topology = topologyOf(todo);
  if (json) {
    console.log(JSON.stringify(topology, null, 2));
    return;
  }
  const { svgOf } = await import("./graph-svg.ts");
  await writeWhole(out, await svgOf(todo));
  console.log(
    `graph: ${topology.nodes.length} nodes and ${topology.edges.length} edges in ${relative(process.cwd(), out)}`,
  );
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof GraphError) {
    console.error(`graph: ${error.message}. ${error.remedy}.`);
    process.exitCode = error.exitCode;
  } else if (error instanceof ModelError) {
    console.error(`graph: ${error.message}`);
    process.exitCode = 1;
  } else throw error;
}
