import { once } from "node:events";
import { join } from "node:path";
import * as z from "zod/mini";
import { auditedTypes } from "#contracts/http/audit";
import { instant } from "#contracts/primitives";
import { replay } from "#services/audit/verbs/replay";
import { withAuditDatabase } from "./audit-database.ts";
import { runCommand, UsageError } from "./command.ts";
import { projectFolder } from "./project-folder.ts";

const help = `
Prints audited events again, as CloudEvents, one JSON document a line, in the order in which they were recorded.

  npm run --silent audit:replay -- [--from INSTANT] [--to INSTANT] [--user ID] [--type TYPE ...] [--replay-id ID]

--from, --to    RFC 3339 in UTC, e.g. 2026-11-18T10:00:00Z; from is included, to is not
--type          e.g. dev.todo.task.completed.v1; may be repeated
--replay-id     sets the attribute replayid: consumers that saw an event before take it again under each new id, if they
                accept replays at all; those that act on the world (reminders, successors) never do
--data          the laptop's data lies there instead of in .data

Each event carries its topic, so that a line can be published as it is. It reads the database that DATABASE_URL names, or
the laptop's while npm start runs.

Exit codes: 0 printed, 1 could not be read, 2 wrong arguments.`;

function instantOf(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  if (z.safeParse(instant, text).success) return new Date(text);
  throw new UsageError(`${name} ${text} is no instant`, "Write it like 2026-11-18T10:00:00Z");
}

function typesOf(given: readonly string[]): readonly string[] {
  const unknown = given.find((type) => !auditedTypes.some((known) => known === type));
  if (unknown === undefined) return given;
  throw new UsageError(`no event has the type ${unknown}`, `Use one of ${auditedTypes.join(", ")}`);
}

/** Waits for a slow reader; ends the process quietly when there is none left, as with head. */
async function writeLine(text: string): Promise<void> {
  if (!process.stdout.write(`${text}\n`)) await once(process.stdout, "drain");
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

const text = { type: "string" } as const;

await runCommand(
  {
    help,
    options: { from: text, to: text, user: text, type: { ...text, multiple: true }, "replay-id": text, data: text },
  },
  async ({ values }) => {
    const options = {
      from: instantOf("--from", values.from),
      to: instantOf("--to", values.to),
      userId: values.user,
      types: typesOf(values.type ?? []),
      replayId: values["replay-id"],
    };
    const dataFolder = values.data ?? join(projectFolder(), ".data");
    const events = await withAuditDatabase({ environment: process.env, dataFolder }, (db) =>
      replay(db, options, writeLine),
    );
    console.error(`${events} event${events === 1 ? "" : "s"}`);
    return undefined;
  },
);
