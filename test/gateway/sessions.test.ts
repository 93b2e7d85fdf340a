import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { service as gateway } from "#services/gateway/service";
import { service as tasks } from "#services/tasks/service";
import { startSystem, type TestSystem } from "#test/kit/support/harness";
import { databaseOf, newEmail, ORIGIN, PASSWORD, problemCode, signUp, Visitor } from "./support.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await startSystem([gateway, tasks]);
});
afterAll(() => system.stop());

describe("signing up and in", () => {
  test("a person signs up, is known, and adds a task through the gateway", async () => {
    const { visitor, email, userId, response } = await signUp(system, { timeZone: "Europe/Berlin", locale: "de" });
    expect(response.headers.getSetCookie().join()).toMatch(/todo\.session_token=.*HttpOnly; SameSite=Lax/i);

    const me = await visitor.get("/api/me");
    expect(me.status).toBe(200);
    expect(await me.json()).toMatchObject({
      id: userId,
      name: "Ada",
      email,
      settings: { timeZone: "Europe/Berlin", locale: "de", dayStart: "09:00" },
    });

    const added = await visitor.post("/api/v1/tasks", { title: "Pay the rent", due: "2026-12-01" });
    expect(added.status).toBe(201);
    const task = (await added.json()) as { id: string; timeZone: string };
    expect(task.timeZone).toBe("Europe/Berlin");
    expect(added.headers.get("location")).toBe(`/api/v1/tasks/${task.id}`);
    expect(added.headers.get("etag")).toBe('"1"');
    expect((await visitor.get(`/api/v1/tasks/${task.id}`)).status).toBe(200);
  });

  test("a password shorter than eight characters, an address that is none and an unknown field are refused by name", async () => {
    const visitor = new Visitor(system);
    const response = await visitor.post("/api/auth/sign-up/email", {
      name: "Ada",
      email: "nobody",
      password: "short",
      role: "admin",
    });
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: { path: string }[] };
    expect(errors.map(({ path }) => path).sort()).toEqual(["body.email", "body.password", "body.role"]);
  });

  test("an address is taken once, however it is written", async () => {
    const { email } = await signUp(system);
    const again = await new Visitor(system).post("/api/auth/sign-up/email", {
      name: "Eve",
      email: email.toUpperCase(),
      password: PASSWORD,
    });
    expect(again.status).toBe(422);
    expect(again.headers.get("content-type")).toBe("application/problem+json");
  });

  test("of two sign-ups at once with one address one succeeds", async () => {
    const body = { name: "Ada", email: newEmail(), password: PASSWORD };
    const answers = await Promise.all(
      [1, 2, 3].map(() => new Visitor(system).post("/api/auth/sign-up/email", body).then(({ status }) => status)),
    );
    expect(answers.sort()).toEqual([200, 422, 422]);
  });

  test("the token of a sign-in works as a bearer token, without any cookie", async () => {
    const { email } = await signUp(system);
    const signedIn = await new Visitor(system).post("/api/auth/sign-in/email", { email, password: PASSWORD });
    const { token } = (await signedIn.json()) as { token: string };
    const stranger = new Visitor(system);
    const me = await stranger.get("/api/me", { authorization: `Bearer ${token}` });
    expect(me.status).toBe(200);
    expect(await me.json()).toMatchObject({ email });
    const signed = signedIn.headers.get("set-auth-token") ?? "";
    expect((await stranger.get("/api/v1/tasks", { authorization: `Bearer ${signed}` })).status).toBe(200);
  });

  test("a wrong password and an unknown address get the same answer", async () => {
    const { email } = await signUp(system);
    const answers = await Promise.all(
      [email, newEmail()].map(async (address) => {
        const response = await new Visitor(system).post("/api/auth/sign-in/email", {
          email: address,
          password: "something else",
        });
        const { requestId: _, ...rest } = (await response.json()) as Record<string, unknown>;
        return { status: response.status, rest };
      }),
    );
    expect(answers[0]?.status).toBe(401);
    expect(answers[0]).toEqual(answers[1]);
  });

  test("says that a password cannot be reset by mail", async () => {
    expect(await (await new Visitor(system).get("/api/auth/options")).json()).toEqual({
      password: true,
      oidc: false,
      passwordReset: false,
    });
    const reset = await new Visitor(system).post("/api/auth/request-password-reset", { email: newEmail() });
    expect(reset.status).toBe(404);
  });

  test("a changed password ends the other sessions when asked to", async () => {
    const { visitor, email } = await signUp(system);
    const other = new Visitor(system);
    await other.post("/api/auth/sign-in/email", { email, password: PASSWORD });
    expect((await other.get("/api/me")).status).toBe(200);
    const wrong = await visitor.post("/api/auth/change-password", {
      currentPassword: "not it at all",
      newPassword: "another-password",
    });
    expect(wrong.status).toBe(400);
    const changed = await visitor.post("/api/auth/change-password", {
      currentPassword: PASSWORD,
      newPassword: "another-password",
      revokeOtherSessions: true,
    });
    expect(changed.status).toBe(200);
    expect((await visitor.get("/api/me")).status).toBe(200);
    expect((await other.get("/api/me")).status).toBe(401);
  });
});

describe("sessions", () => {
  test("without one there is no access, and the answer says so", async () => {
    for (const path of ["/api/me", "/api/v1/tasks", "/api/export"]) {
      const response = await new Visitor(system).get(path);
      expect(response.status).toBe(401);
      expect(await problemCode(response)).toBe("not-authenticated");
    }
  });

  test("a forged cookie and a forged bearer token are refused", async () => {
    const { visitor, token } = await signUp(system);
    const cookie = visitor.cookie.replace(/=([^;])/, (_, first: string) => `=${first === "x" ? "y" : "x"}`);
    expect((await new Visitor(system).get("/api/me", { cookie })).status).toBe(401);
    for (const bearer of [`${token.slice(0, -1)}~`, `${token}.c2lnbmF0dXJl`, "%", "a.b.c", "\u00e9"]) {
      expect((await new Visitor(system).get("/api/me", { authorization: `Bearer ${bearer}` })).status).toBe(401);
    }
  });

  test("what proves nothing is never taken for what proved something beside it", async () => {
    const { visitor } = await signUp(system);
    const planted = "planted.c2lnbmF0dXJl";
    const [, value = ""] = /todo\.session_token=([^;]*)/.exec(visitor.cookie) ?? [];
    // A bad token or cookie that somebody else planted, sent along with a good one.
    const beside: Record<string, string>[] = [
      { authorization: `Bearer ${planted}`, cookie: visitor.cookie },
      { cookie: `todo.session_token=${planted}; todo.session_token=${value}` },
    ];
    for (const headers of beside) await new Visitor(system).get("/api/me", headers);
    const alone: Record<string, string>[] = [
      { authorization: `Bearer ${planted}` },
      { cookie: `todo.session_token=${planted}` },
    ];
    for (const headers of alone) expect((await new Visitor(system).get("/api/me", headers)).status).toBe(401);
  });

  test("a cookie that was copied ends with the sign-out", async () => {
    const { visitor } = await signUp(system);
    const { cookie } = visitor;
    expect((await new Visitor(system).get("/api/v1/tasks", { cookie })).status).toBe(200);
    const signedOut = await visitor.post("/api/auth/sign-out");
    expect(signedOut.status).toBe(200);
    expect(visitor.cookie).toBe("");
    expect((await new Visitor(system).get("/api/v1/tasks", { cookie })).status).toBe(401);
  });

  test("that nobody wants remembered ends with the browser, and within a day", async () => {
    const { visitor, userId, response } = await signUp(system, { rememberMe: false });
    expect(response.headers.getSetCookie().find((line) => line.includes("session_token"))).not.toMatch(/max-age/i);
    expect((await visitor.get("/api/me")).headers.getSetCookie()).toEqual([]);
    const { expires_at } = await databaseOf(system)
      .selectFrom("sessions")
      .select("expires_at")
      .where("user_id", "=", userId)
      .executeTakeFirstOrThrow();
    expect(expires_at.getTime()).toBeLessThanOrEqual(Date.now() + 86_400_000);
  });

  test("signing out without a session is no error", async () => {
    expect((await new Visitor(system).post("/api/auth/sign-out")).status).toBe(200);
  });

  test("get-session tells who is signed in, and null otherwise", async () => {
    const { visitor, userId } = await signUp(system);
    expect(await (await visitor.get("/api/auth/get-session")).json()).toMatchObject({ user: { id: userId } });
    expect(await (await new Visitor(system).get("/api/auth/get-session")).json()).toBeNull();
  });

  test("somebody else's task does not exist", async () => {
    const [ada, eve] = [await signUp(system), await signUp(system)];
    const added = await ada.visitor.post("/api/v1/tasks", { title: "Secret" });
    const { id } = (await added.json()) as { id: string };
    const path = `/api/v1/tasks/${id}`;
    const answers = [
      await eve.visitor.get(path),
      await eve.visitor.send("PATCH", path, { title: "Mine" }, { "if-match": '"1"' }),
      await eve.visitor.post(`${path}/complete`),
      await eve.visitor.send("DELETE", path),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    for (const answer of answers) expect(await answer.text()).not.toContain("Secret");
    expect((await ada.visitor.get(path)).status).toBe(200);
  });
});

describe("an expired session", () => {
  test("is refused once nothing is believed of it any more", async () => {
    const own = await startSystem([gateway], { env: { gateway: { SESSION_CACHE_SECONDS: "0" } } });
    try {
      const { visitor, userId } = await signUp(own);
      expect((await visitor.get("/api/me")).status).toBe(200);
      await databaseOf(own)
        .updateTable("sessions")
        .set({ expires_at: new Date(Date.now() - 1000) })
        .where("user_id", "=", userId)
        .execute();
      expect((await visitor.get("/api/me")).status).toBe(401);
    } finally {
      await own.stop();
    }
  });
});

describe("requests of other sites", () => {
  const title = { title: "Planted" };

  test("change nothing, with or without a session", async () => {
    const { visitor, email } = await signUp(system);
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site", origin: "http://sub.localhost:3000" },
      { "sec-fetch-site": "cross-site" },
    ] as Record<string, string>[]) {
      expect((await visitor.post("/api/v1/tasks", title, headers)).status).toBe(403);
      expect((await visitor.send("DELETE", "/api/account", undefined, headers)).status).toBe(403);
      const signIn = { email, password: PASSWORD };
      expect((await new Visitor(system).post("/api/auth/sign-in/email", signIn, headers)).status).toBe(403);
    }
    expect(await (await visitor.get("/api/v1/tasks")).json()).toMatchObject({ items: [] });
  });

  test("of this site, and of what is no browser, are taken", async () => {
    const { visitor } = await signUp(system);
    for (const headers of [
      { origin: ORIGIN },
      { "sec-fetch-site": "same-origin", origin: "http://127.0.0.1:8000" },
      {},
    ])
      expect((await visitor.post("/api/v1/tasks", title, headers as Record<string, string>)).status).toBe(201);
    expect((await visitor.post("/api/auth/sign-out", {}, { origin: ORIGIN })).status).toBe(200);
  });
});
