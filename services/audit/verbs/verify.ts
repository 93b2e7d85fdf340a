import type { Kysely, Transaction } from "kysely";
import type { ChainBreak, Verification } from "#contracts/http/audit";
import { countPending, hasTombstone, headsWithoutLinks, readHead, readLinks } from "../data/chain-rows.ts";
import { checkSeals, type SealReport } from "../data/seal-check.ts";
import type { DB } from "../data/tables.ts";
import { ChainCheck } from "../domain/check-chain.ts";

/** One snapshot: what is sealed meanwhile does not disturb. */
const inSnapshot = <T>(db: Kysely<DB>, work: (transaction: Transaction<DB>) => Promise<T>): Promise<T> =>
  db.transaction().setIsolationLevel("repeatable read").setAccessMode("read only").execute(work);

/** Verifies the chain of one user. */
export function verifyUser(db: Kysely<DB>, userId: string, now: Date): Promise<Verification> {
  return inSnapshot(db, async (transaction) => {
    const check = new ChainCheck(userId, { isErased: await hasTombstone(transaction, userId) });
    let events = 0;
    for await (const link of readLinks(transaction, userId)) {
      events++;
      check.link(link);
    }
    check.end(await readHead(transaction, userId));
    const head = check.last;
    return {
      valid: check.broken === 0,
      checkedAt: now.toISOString(),
      events,
      pending: await countPending(transaction, userId),
      head: head ? { sequence: head.sequence, hash: head.hash.toString("hex") } : null,
      breaks: check.breaks,
    };
  });
}

export interface UserBreak extends ChainBreak {
  /** Undefined for what concerns the seals of all chains. */
  readonly userId?: string;
}

export interface SystemVerification {
  readonly users: number;
  readonly events: number;
  readonly pending: number;
  readonly broken: number;
  readonly lastSeal: SealReport["last"];
}

/** A seal that somebody kept elsewhere. */
export interface Anchor {
  readonly number: number;
  /** Lower-case hex. */
  readonly hash: string;
}

/** Verifies every chain and the seals that hold them together. */
export function verifyAll(
  db: Kysely<DB>,
  options: { readonly anchor?: Anchor | undefined; readonly onBreak: (found: UserBreak) => void },
): Promise<SystemVerification> {
  return inSnapshot(db, async (transaction) => {
    const sums = { users: 0, events: 0, broken: 0, lost: 0 };
    const report = (found: UserBreak): void => {
      sums.broken++;
      options.onBreak(found);
    };
    const finish = async (userId: string, check: ChainCheck): Promise<void> => {
      check.end(await readHead(transaction, userId));
      sums.users++;
      sums.lost += check.lost;
      for (const found of check.breaks) report({ userId, ...found });
      sums.broken += check.broken - check.breaks.length;
    };

    let current: { readonly userId: string; readonly check: ChainCheck } | undefined;
    for await (const link of readLinks(transaction)) {
      if (current?.userId !== link.userId) {
        if (current) await finish(current.userId, current.check);
        const { userId } = link;
        current = { userId, check: new ChainCheck(userId, { isErased: await hasTombstone(transaction, userId) }) };
      }
      sums.events++;
      current.check.link(link);
    }
    if (current) await finish(current.userId, current.check);
    for (const { userId } of await headsWithoutLinks(transaction)) {
      await finish(userId, new ChainCheck(userId, { isErased: false }));
    }

    const seals = await checkSeals(transaction, options.anchor?.number);
    // A link that a chain misses is one that its seal misses: told once, unless the seals miss more.
    const found = seals.lost > sums.lost ? [...seals.breaks, ...seals.incomplete] : seals.breaks;
    for (const broken of found) report(broken);
    if (options.anchor && seals.asked !== options.anchor.hash) {
      const { number } = options.anchor;
      const detail = seals.asked ? "is not the one that you kept" : "is gone";
      report({ kind: "seal-altered", sequence: number, detail: `the seal ${detail}` });
    }
    const { users, events, broken } = sums;
    return { users, events, broken, pending: await countPending(transaction), lastSeal: seals.last };
  });
}
