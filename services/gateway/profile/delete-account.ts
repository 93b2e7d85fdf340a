import { AppError } from "#kit/errors";
import { eraseUser } from "#kit/tombstones";
import type { Auth } from "../auth/better-auth.ts";
import type { Session } from "../auth/sessions.ts";
import type { GatewayContext } from "../context.ts";
import type { Attempts } from "../limits/attempts.ts";
import { nameTrace } from "./profile.ts";

/** A session that began this long ago at most stands for its password. */
const FRESH_MS = 15 * 60_000;

export interface DeleteDeps {
  readonly context: GatewayContext;
  readonly auth: Auth;
  readonly wrongPasswords: Attempts;
}

/**
 * Erases the account with its sessions, and leaves a tombstone; the trigger tells the other services.
 * @throws AppError `not-allowed` when neither the password nor a session that just began confirms it
 */
export async function deleteAccount(deps: DeleteDeps, session: Session, password: string | undefined): Promise<void> {
  const { transaction, clock } = deps.context;
  await confirm(deps, session, password);
  await transaction(async (trx) => {
    await nameTrace(trx);
    await eraseUser(trx, session.userId, clock.now());
    // Sessions and accounts go with it.
    await trx.deleteFrom("users").where("id", "=", session.userId).execute();
  });
}

async function confirm(
  { context, auth, wrongPasswords }: DeleteDeps,
  { userId, startedAt }: Session,
  password: string | undefined,
): Promise<void> {
  const now = context.clock.now().getTime();
  if (password === undefined) {
    if (now - startedAt.getTime() <= FRESH_MS) return;
    throw new AppError("not-allowed", "Send your password, or sign in again and repeat it within fifteen minutes");
  }
  await wrongPasswords.assertBelow(userId);
  const account = await context.db
    .selectFrom("accounts")
    .select("password")
    .where("user_id", "=", userId)
    .where("provider_id", "=", "credential")
    .executeTakeFirst();
  const { verify } = (await auth.$context).password;
  if (account?.password && (await verify({ hash: account.password, password }))) return;
  await wrongPasswords.count(userId);
  throw new AppError("not-allowed", "That is not your password");
}
