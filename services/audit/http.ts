/** The HTTP API: routes only adapt it to the verbs. */
import type { auditApi } from "#contracts/http/audit";
import type { Handlers } from "#kit/http/serve-api";
import type { AuditContext } from "./context.ts";
import { exportAll } from "./verbs/export.ts";
import { guardReader } from "./verbs/guard.ts";
import { readPage } from "./verbs/read-events.ts";
import { readStatistics } from "./verbs/read-statistics.ts";
import { ownVerification } from "./verbs/verify-own.ts";

export function handlers(context: AuditContext): Handlers<typeof auditApi> {
  const verify = ownVerification(context);
  return {
    events: async ({ query: { limit, cursor, ...filter }, principal: { userId } }) => {
      await guardReader(context, userId);
      return { status: 200, body: await readPage(context, userId, { filter, limit, cursor }) };
    },
    verification: async ({ principal: { userId } }) => {
      await guardReader(context, userId);
      return { status: 200, body: await verify(userId) };
    },
    statistics: async ({ query: { days }, principal }) => {
      await guardReader(context, principal.userId);
      return { status: 200, body: await readStatistics(context, principal, days) };
    },
    export: async ({ principal }) => {
      await guardReader(context, principal.userId);
      return { status: 200, stream: exportAll(context, principal) };
    },
  };
}
