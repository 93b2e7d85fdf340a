import type { Context } from "hono";
import { gatewayApi } from "#contracts/http/gateway";
import { database } from "#kit/database/database";
import { defineService } from "#kit/define-service";
import type { KitEnv } from "#kit/http/app";
import { sleep } from "#kit/sleep";
import type { Session } from "./auth/sessions.ts";
import { removeExpired } from "./data/expired.ts";
import { migrations } from "./data/migrations.ts";
import type { Tables } from "./data/tables.ts";
import { createDeps, type GatewayDeps } from "./deps.ts";
import { environment } from "./environment.ts";
import { forwardOperations } from "./http/forward.ts";
import { answerHeaders, sameOrigin, sendCookie } from "./http/guard.ts";
import { handlers } from "./http/handlers.ts";
import { REFRESH_MS } from "./tokens/signing-keys.ts";

export const service = defineService("gateway", {
  env: environment,
  database: database<Tables>({ migrations }),
  setup: async (context) => {
    const { app, serve, background, config } = context;
    const deps = await createDeps(context);
    app.use("/api/*", answerHeaders(config.PUBLIC_ORIGIN));
    app.use("/api/*", sameOrigin([config.PUBLIC_ORIGIN, ...config.env.TRUSTED_ORIGINS]));

    const authenticate = async (c: Context<KitEnv>): Promise<Session> => {
      const session = await deps.sessions.of(c.req.raw.headers, (cookie) => sendCookie(c, cookie));
      deps.requests.take(session.userId);
      return session;
    };
    serve(gatewayApi, await handlers(deps), { authenticate });
    forwardOperations({ ...deps, authenticate });

    background("signing-keys", (signal) => keepKeys(deps, signal));
    background("cleaning", (signal) => clean(deps, signal));
  },
});

/** While the database is away the keys that are known serve on. */
async function keepKeys({ signingKeys, context }: GatewayDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const kept = await signingKeys.refresh().then(
      () => true,
      (err: unknown) => {
        context.log.warn({ err }, "the signing keys cannot be read");
        return false;
      },
    );
    await sleep(kept ? REFRESH_MS : 2_000, signal);
  }
}

const HOUR_MS = 3_600_000;

/** On every replica: what one has removed the other does not find. */
async function clean({ context }: GatewayDeps, signal: AbortSignal): Promise<void> {
  const { db, clock, log } = context;
  while (!signal.aborted) {
    await sleep(HOUR_MS * (0.9 + Math.random() * 0.2), signal);
    if (signal.aborted) return;
    await removeExpired(db, clock.now()).catch((err: unknown) => log.warn({ err }, "expired sessions stay a while"));
  }
}
