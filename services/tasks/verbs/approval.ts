import type { UserPrincipal } from "#kit/auth/principal";
import { AppError } from "#kit/errors";

/** Who acts for the user decides what needs the user's word first. */
export interface Caller {
  readonly principal: UserPrincipal;
  readonly idempotencyKey?: string | undefined;
}

/** Whom the facts of a change name as the one who asked for it. */
export const actorOf = ({ principal }: Caller): "user" | "chat" => principal.act ?? "user";

/**
 * The key under which the request has its effect once. An approval is that key itself: what it allows, it allows once, and
 * for one request only.
 */
export const onceKeyOf = ({ principal, idempotencyKey }: Caller): string | undefined => {
  if (principal.approval !== undefined) return `approval ${principal.approval}`;
  return idempotencyKey === undefined ? undefined : `key ${idempotencyKey}`;
};

/** @throws AppError `not-allowed` without a token that was minted for an approval */
export function requireApproval({ principal }: Caller): void {
  if (principal.approval === undefined) {
    throw new AppError("not-allowed", "This needs the user's approval: ask for it, then send the token minted for it");
  }
}
