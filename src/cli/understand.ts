import { parseArgs } from "node:util";
import type { Understanding } from "#understanding/types";
import { understand } from "#understanding/understand";

const USAGE = 'npm run --silent understand -- --now 2026-11-18T10:00:00+01:00 --tz Europe/Berlin "TEXT" ...';

const ORDER = [
  "intent",
  "title",
  "due",
  "priority",
  "tags",
  "deadline",
  "recurrence",
  "reminder",
  "taskId",
  "filter",
  "requiresApproval",
] as const satisfies readonly (keyof Understanding)[];

/** One line: the fields in a fixed order, absent where nothing was said. */
function printable(understood: Understanding): string {
  return JSON.stringify(
    Object.fromEntries(ORDER.flatMap((key) => (understood[key] === undefined ? [] : [[key, understood[key]]]))),
  );
}

function run(args: readonly string[]): string {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { now: { type: "string" }, tz: { type: "string" } },
    allowPositionals: true,
  });
  if (positionals.length === 0) throw new RangeError("no text to understand: give at least one");
  if (values.now === undefined)
    throw new RangeError("--now is missing: give an instant such as 2026-11-18T10:00:00+01:00");
  if (values.tz === undefined) throw new RangeError("--tz is missing: give an IANA time zone such as Europe/Berlin");
  const options = { now: values.now, timeZone: values.tz };
  return positionals.map((text) => `${printable(understand(text, options))}\n`).join("");
}

try {
  process.stdout.write(run(process.argv.slice(2)));
} catch (error) {
  const badOption = error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
  if (!(error instanceof RangeError || badOption)) throw error;
  const [reason = ""] = error.message.split("\n");
  process.stderr.write(`understand: ${reason}. Usage: ${USAGE}\n`);
  process.exitCode = 2;
}
