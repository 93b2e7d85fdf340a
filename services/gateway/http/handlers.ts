/** The gateway's own operations: routes only adapt them to what does the work. */
import type { gatewayApi } from "#contracts/http/gateway";
import { AppError } from "#kit/errors";
import type { Handlers } from "#kit/http/serve-api";
import { type AuthAnswer, callAuth } from "../auth/call.ts";
import { sessionOf } from "../auth/sessions.ts";
import type { GatewayDeps } from "../deps.ts";
import { clientAddress } from "../limits/address.ts";
import { deleteAccount } from "../profile/delete-account.ts";
import { exportAll } from "../profile/export.ts";
import { changeSettings, readMe } from "../profile/profile.ts";
import { docsPage } from "./docs-page.ts";
import { sendCookie } from "./guard.ts";
import { apiDocument } from "./openapi.ts";

/** Bodies of better-auth are checked against the contract like any other answer. */
const ok = <B>({ body, headers }: AuthAnswer) => ({ status: 200 as const, body: body as B, headers });

export async function handlers(deps: GatewayDeps): Promise<Handlers<typeof gatewayApi>> {
  const { context, auth, sessions, signingKeys, signIns, wrongPasswords } = deps;
  const { config, db } = context;
  const version = config.env.VERSION;
  const document = apiDocument({ origin: config.PUBLIC_ORIGIN, version, cookie: deps.cookieName });
  const page = await docsPage(document);
  const documentText = JSON.stringify(document);

  /** By address alone, as nobody is known yet. */
  const limitSignIns = async (c: Parameters<typeof clientAddress>[0]): Promise<void> => {
    const address = clientAddress(c, config.env.TRUSTED_PROXIES);
    await signIns.assertBelow(address);
    await signIns.count(address);
  };

  return {
    health: () => ({ status: 200, body: { status: "ok", version } }),
    openapi: () => ({ status: 200, stream: textStream(documentText) }),
    docs: () => ({
      status: 200,
      stream: textStream(page.html),
      headers: { "content-security-policy": page.policy },
    }),

    signInOptions: () => ({
      status: 200,
      body: { password: true, oidc: deps.hasProvider, passwordReset: false },
    }),
    signUp: async ({ body, context: c }) => {
      await limitSignIns(c);
      const answer = await callAuth(auth, c, body);
      context.wakeOutbox();
      return ok(answer);
    },
    signIn: async ({ body, context: c }) => {
      await limitSignIns(c);
      const account = body.email.toLowerCase();
      await wrongPasswords.assertBelow(account);
      try {
        return ok(await callAuth(auth, c, body));
      } catch (error) {
        if (error instanceof AppError && error.code === "not-authenticated") await wrongPasswords.count(account);
        throw error;
      }
    },
    signInWithProvider: async ({ body, context: c }) => {
      await limitSignIns(c);
      return ok(await callAuth(await deps.withProvider(), c, body));
    },
    providerCallback: async ({ context: c }) => {
      const { headers } = await callAuth(await deps.withProvider(), c);
      context.wakeOutbox();
      return { status: 302, headers };
    },
    signOut: async ({ context: c }) => {
      const session = await sessions.of(c.req.raw.headers, () => {}).catch(() => undefined);
      const answer = await callAuth(auth, c, {});
      if (session) sessions.forgetUser(session.userId);
      return ok(answer);
    },
    session: async ({ context: c }) => ok(await callAuth(auth, c)),
    changePassword: async ({ body, principal, context: c }) => {
      await wrongPasswords.assertBelow(principal.userId);
      try {
        return ok(await callAuth(auth, c, body));
      } catch (error) {
        if (error instanceof AppError && error.status < 500) await wrongPasswords.count(principal.userId);
        throw error;
      } finally {
        sessions.forgetUser(principal.userId);
      }
    },

    me: async ({ principal }) => ({ status: 200, body: await readMe(db, principal.userId) }),
    changeSettings: async ({ body, principal }) => {
      const me = await changeSettings(context, principal.userId, body);
      sessions.forgetUser(principal.userId);
      return { status: 200, body: me };
    },
    export: async ({ principal, signal }) => ({
      status: 200,
      stream: await exportAll(deps, sessionOf(principal), signal),
      headers: { "content-disposition": 'attachment; filename="todo-export.json"' },
    }),
    deleteAccount: async ({ body, principal, context: c }) => {
      await deleteAccount(deps, sessionOf(principal), body?.password);
      sessions.forgetUser(principal.userId);
      sendCookie(c, deps.noCookie);
      return { status: 204 };
    },

    tokenKeys: async () => ({ status: 200, body: { keys: (await signingKeys.published()) as never } }),
  };
}

const textStream = (text: string): ReadableStream<Uint8Array> => new Blob([text]).stream();
