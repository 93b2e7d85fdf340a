import { join } from "node:path";
import type { ChainBreak } from "#contracts/http/audit";
import { UserError } from "#model/user-error";
import { type Anchor, type UserBreak, verifyAll, verifyUser } from "#services/audit/verbs/verify";
import { withAuditDatabase } from "./audit-database.ts";
import { exitCodes, runCommand, UsageError } from "./command.ts";
import { projectFolder } from "./project-folder.ts";

const help = `
Verifies the chains of audited events: that none was changed, removed, swapped or cut off.

  npm run audit:verify                            every chain, and the seals that hold them together
  npm run audit:verify -- --user ID               one user's chain
  npm run audit:verify -- --anchor NUMBER:HASH    every chain, and that this seal, which you kept elsewhere, is still there
  npm run audit:verify -- --data FOLDER           the laptop's data lies there instead of in .data

It reads the database that DATABASE_URL names, or the laptop's while npm start runs. A whole verification ends with the
last seal: kept elsewhere and given as --anchor, it shows later that nothing up to it was cut off.

Exit codes: 0 all is as it was recorded, 1 something is not (one line each), or it could not be verified, 2 wrong arguments.`;

const restore = "restore the rows from a backup, and find out who wrote to the schema of audit";

const remedies: Readonly<Record<ChainBreak["kind"], string>> = {
  altered: restore,
  missing: restore,
  "tail-missing": restore,
  "payload-altered": "restore the payload from a backup",
  "payload-missing": "restore the payload from a backup; only an erased account has none",
  "head-altered": "compare the table heads with a backup: the chain itself is whole up to its last row",
  "seal-altered": "compare events and seals with a backup: a chain may have been cut off together with its head",
};

const lineOf = ({ userId, kind, sequence, detail }: UserBreak): string =>
  `${userId === undefined ? `seal ${sequence}` : `user ${userId}, event ${sequence}`}: ${kind}: ${detail}. ${remedies[kind]}.`;

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

const waiting = (pending: number): string => (pending === 0 ? "" : `; ${plural(pending, "event")} not chained yet`);

function anchorOf(text: string | undefined): Anchor | undefined {
  if (text === undefined) return undefined;
  const match = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text.toLowerCase());
  if (!match?.[1] || !match[2]) {
    throw new UsageError(`--anchor ${text} is no seal`, "Give its number and its hash, as the end of an earlier run");
  }
  return { number: Number(match[1]), hash: match[2] };
}

await runCommand(
  { help, options: { user: { type: "string" }, anchor: { type: "string" }, data: { type: "string" } } },
  async ({ values }) => {
    const { user } = values;
    const anchor = anchorOf(values.anchor);
    if (user !== undefined && anchor) throw new UsageError("--anchor is about all chains", "Leave --user away");
    const dataFolder = values.data ?? join(projectFolder(), ".data");
    return withAuditDatabase({ environment: process.env, dataFolder }, async (db) => {
      if (user === undefined) {
        const result = await verifyAll(db, { anchor, onBreak: (found) => console.log(lineOf(found)) });
        const { users, events, pending, broken, lastSeal } = result;
        const read = `${plural(events, "event")} of ${plural(users, "user")}${waiting(pending)}`;
        const seal = lastSeal ? `; last seal ${lastSeal.number}:${lastSeal.hash}` : "";
        console.log(`${broken === 0 ? "whole" : `broken in ${plural(broken, "place")}`}: ${read}${seal}`);
        return broken === 0 ? exitCodes.done : exitCodes.failed;
      }
      const { breaks, valid, events, pending, head } = await verifyUser(db, user, new Date());
      if (valid && events + pending === 0) throw new UserError(`nothing is kept of a user "${user}"`, "Check the id");
      for (const found of breaks) console.log(lineOf({ userId: user, ...found }));
      const end = head ? `; head ${head.sequence}:${head.hash}` : "";
      console.log(`${valid ? "whole" : "broken"}: ${plural(events, "event")} of user ${user}${waiting(pending)}${end}`);
      return valid ? exitCodes.done : exitCodes.failed;
    });
  },
);
