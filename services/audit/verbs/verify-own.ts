import type { Verification } from "#contracts/http/audit";
import { AppError } from "#kit/errors";
import type { AuditContext } from "../context.ts";
import { verifyUser } from "./verify.ts";

/** A connection each, and all of the processor while they last. */
const AT_ONCE = 2;

/**
 * Verifies a user's own chain for him; a user who asks twice shares one run.
 * @returns a function that throws AppError `unavailable` while too many are under way
 */
export function ownVerification({ db, clock }: Pick<AuditContext, "db" | "clock">) {
  const running = new Map<string, Promise<Verification>>();
  return (userId: string): Promise<Verification> => {
    const known = running.get(userId);
    if (known) return known;
    if (running.size >= AT_ONCE) {
      throw new AppError("unavailable", "Other chains are being verified: try again in a moment", {
        retryAfterSeconds: 2,
      });
    }
    const run = verifyUser(db, userId, clock.now()).finally(() => running.delete(userId));
    running.set(userId, run);
    return run;
  };
}
