import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Hono } from "hono";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { type RunningServer, startServer } from "#kit/http/server";
import { oidcClient } from "#services/gateway/auth/oidc";
import { service as gateway } from "#services/gateway/service";
import { startSystem, type TestSystem } from "#test/kit/support/harness";
import { ORIGIN, PASSWORD, signUp, Visitor } from "./support.ts";

/** A provider as OpenID Connect describes it, for one person who always agrees. */
async function startProvider() {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA");
  const jwk = { ...(await exportJWK(publicKey)), kid: "1", alg: "EdDSA", use: "sig" };
  const person: Record<string, unknown> = {
    sub: "42",
    email: "grace@example.com",
    email_verified: true,
    name: "Grace",
  };
  const state = { away: false, nonce: "", signWith: privateKey };
  const app = new Hono();
  const issuer = () => `http://127.0.0.1:${server.port}`;
  app.get("/.well-known/openid-configuration", (c) =>
    state.away
      ? c.text("maintenance", 503)
      : c.json({
          issuer: issuer(),
          authorization_endpoint: `${issuer()}/authorize`,
          token_endpoint: `${issuer()}/token`,
          jwks_uri: `${issuer()}/jwks`,
          id_token_signing_alg_values_supported: ["EdDSA"],
        }),
  );
  app.get("/jwks", (c) => c.json({ keys: [jwk] }));
  app.get("/authorize", (c) => {
    state.nonce = c.req.query("nonce") ?? "";
    const back = new URL(c.req.query("redirect_uri") ?? "");
    back.search = new URLSearchParams({ code: "one-time", state: c.req.query("state") ?? "" }).toString();
    return c.redirect(back.href);
  });
  app.post("/token", async (c) => {
    const idToken = await new SignJWT({ ...person, nonce: state.nonce })
      .setProtectedHeader({ alg: "EdDSA", kid: "1" })
      .setIssuer(issuer())
      .setAudience("todo")
      .setIssuedAt()
      .setExpirationTime("5m")
      .sign(state.signWith);
    return c.json({ access_token: "opaque", token_type: "Bearer", expires_in: 300, id_token: idToken });
  });
  const server: RunningServer = await startServer(app.fetch as never, 0, "127.0.0.1");
  return { issuer: issuer(), person, state, stop: () => server.stop(0) };
}

let provider: Awaited<ReturnType<typeof startProvider>>;
let system: TestSystem;

beforeAll(async () => {
  provider = await startProvider();
  provider.state.away = true;
  const client = JSON.stringify({ issuer: provider.issuer, clientId: "todo", clientSecret: "of the tests" });
  system = await startSystem([gateway], { secrets: { "oidc-client": client } });
});
afterAll(async () => {
  await system.stop();
  await provider.stop();
});

/** Goes to the provider and comes back, as a browser does. */
async function signInThere(visitor: Visitor): Promise<Response> {
  const begun = await visitor.post("/api/auth/sign-in/social", { provider: "oidc", callbackURL: "/welcome" });
  expect(begun.status).toBe(200);
  const { url } = (await begun.json()) as { url: string };
  expect(new URL(url).searchParams.get("redirect_uri")).toBe(`${ORIGIN}/api/auth/callback/oidc`);
  const sent = await fetch(url, { redirect: "manual" });
  const back = new URL(sent.headers.get("location") ?? "");
  return visitor.get(`${back.pathname}${back.search}`);
}

describe("the organisation's provider", () => {
  test("that is away keeps nobody from signing in with a password, and is found again", async () => {
    const { visitor } = await signUp(system);
    expect(await (await visitor.get("/api/auth/options")).json()).toMatchObject({ oidc: true });
    const away = await new Visitor(system).post("/api/auth/sign-in/social", { provider: "oidc" });
    expect(away.status).toBe(503);
    provider.state.away = false;
    const there = await new Visitor(system).post("/api/auth/sign-in/social", { provider: "oidc" });
    expect(there.status).toBe(200);
  });

  test("signs a person in, with the time zone and language that it knows", async () => {
    Object.assign(provider.person, { zoneinfo: "America/New_York", locale: "en-US" });
    const visitor = new Visitor(system);
    const back = await signInThere(visitor);
    expect(back.status).toBe(302);
    expect(back.headers.get("location")).toBe("/welcome");
    const me = await visitor.get("/api/me");
    expect(await me.json()).toMatchObject({
      name: "Grace",
      email: "grace@example.com",
      settings: { timeZone: "America/New_York", locale: "en-US", dayStart: "09:00" },
    });
    const again = new Visitor(system);
    await signInThere(again);
    expect(await (await again.get("/api/me")).json()).toMatchObject({ email: "grace@example.com" });
  });

  test("gives nobody an account that was made with a password", async () => {
    const { email, visitor } = await signUp(system, { name: "First" });
    Object.assign(provider.person, { sub: "43", email });
    const stranger = new Visitor(system);
    const back = await signInThere(stranger);
    expect(back.headers.get("location")).toMatch(/error=/);
    expect((await stranger.get("/api/me")).status).toBe(401);
    expect(await (await visitor.get("/api/me")).json()).toMatchObject({ name: "First" });
  });

  test("is believed by its signature alone", async () => {
    Object.assign(provider.person, { sub: "44", email: "mallory@example.com" });
    const { signWith } = provider.state;
    provider.state.signWith = (await generateKeyPair("EdDSA")).privateKey;
    const visitor = new Visitor(system);
    const back = await signInThere(visitor);
    provider.state.signWith = signWith;
    expect(back.headers.get("location")).toMatch(/error=/);
    expect((await visitor.get("/api/me")).status).toBe(401);
  });

  test("sends nobody back to another site, and an answer that nobody asked for signs nobody in", async () => {
    for (const callbackURL of ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]) {
      const refused = await new Visitor(system).post("/api/auth/sign-in/social", { provider: "oidc", callbackURL });
      expect(refused.status).toBe(400);
    }
    const visitor = new Visitor(system);
    const back = await visitor.get("/api/auth/callback/oidc?code=one-time&state=made-up");
    expect(back.status).toBeLessThan(500);
    expect(back.headers.get("location") ?? "").not.toMatch(/^https?:\/\/(?!localhost)/);
    expect((await visitor.get("/api/me")).status).toBe(401);
  });
});

describe("an account without a password", () => {
  test("is deleted by its fresh session, and by no password", async () => {
    Object.assign(provider.person, { sub: "45", email: "linus@example.com" });
    const visitor = new Visitor(system);
    await signInThere(visitor);
    expect((await visitor.send("DELETE", "/api/account", { password: PASSWORD })).status).toBe(403);
    expect((await visitor.send("DELETE", "/api/account")).status).toBe(204);
  });
});

describe("the secret oidc-client", () => {
  const client = { issuer: "https://id.example.com", clientId: "todo", clientSecret: "s" };

  test("is JSON or three fields, or not there", () => {
    expect(oidcClient(undefined)).toBeUndefined();
    expect(oidcClient({ "oidc-client": JSON.stringify(client) })).toEqual(client);
    expect(oidcClient(client)).toEqual(client);
  });

  test("is refused with what it should look like", () => {
    for (const wrong of [{}, { value: "todo:secret" }, { value: "null" }, { ...client, issuer: "id" }])
      expect(() => oidcClient(wrong as Record<string, string>)).toThrow(
        'the secret "oidc-client" is wrong: write JSON such as',
      );
  });
});
