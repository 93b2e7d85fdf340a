/** The tokens that the gateway gives chat to act at tasks with. */
import type { Context } from "hono";
import type { UserPrincipal } from "#kit/auth/principal";
import { AppError } from "#kit/errors";
import type { KitEnv } from "#kit/http/app";
import type { Chat } from "../chat.ts";

/**
 * tasks checks them too; here no token of another user, and none with more power than the request has, comes near a model.
 * @param approval the approval that the token must have been minted for; undefined: it must have none
 * @throws AppError `not-authenticated`
 */
export async function tasksToken(
  { tasksTokens }: Chat,
  c: Context<KitEnv>,
  { userId }: UserPrincipal,
  header: string,
  approval?: string,
): Promise<string> {
  const token = c.req.header(header);
  if (!token)
    throw new AppError("not-authenticated", `The assistant needs the header ${header}, which the gateway sends`);
  const claims = await tasksTokens.verify(token);
  if (claims.userId !== userId || claims.act !== "chat" || claims.approval !== approval) {
    throw new AppError("not-authenticated", `The token in ${header} is not meant for this request`);
  }
  return token;
}
