import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { gatewayApi } from "#contracts/http/gateway";
import { service as gateway } from "#services/gateway/service";
import { service as tasks } from "#services/tasks/service";
import { startSystem, type TestSystem } from "#test/kit/support/harness";
import { databaseOf, newEmail, PASSWORD, signUp, Visitor } from "./support.ts";

const MARKER = "property-of-victoria";

let system: TestSystem;
let victim: Awaited<ReturnType<typeof signUp>>;
let eve: Awaited<ReturnType<typeof signUp>>;

beforeAll(async () => {
  const env = {
    RATE_LIMIT_SIGN_IN_PER_MINUTE: "1000000",
    RATE_LIMIT_WRONG_PASSWORDS: "1000000",
    RATE_LIMIT_BURST: "1000000",
  };
  system = await startSystem([gateway, tasks], { env: { gateway: env } });
  victim = await signUp(system, { name: MARKER });
  await victim.visitor.post("/api/v1/tasks", { title: MARKER });
  eve = await signUp(system);
});
afterAll(() => system.stop());

const withBodies = Object.values(gatewayApi.operations).filter(
  (operation) => "body" in operation && operation.path !== "/api/account",
);

/** What the operation wants, with something wrong in one place, or nothing like it at all. */
const nearMiss = (): fc.Arbitrary<unknown> => {
  const junk = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.constantFrom(
      "\u0000",
      "\ud800",
      "__proto__",
      "../../",
      "Mars/Olympus",
      `${victim.email}`,
      victim.userId,
      -1,
      1e308,
    ),
  );
  const field = (good: fc.Arbitrary<unknown>) =>
    fc.oneof({ arbitrary: good, weight: 2 }, { arbitrary: junk, weight: 1 });
  const shaped = fc.record(
    {
      name: field(fc.string({ unit: "binary", minLength: 1, maxLength: 100 })),
      email: field(fc.emailAddress()),
      password: field(fc.string({ minLength: 8, maxLength: 128, unit: "binary" })),
      currentPassword: field(fc.constantFrom(PASSWORD, "something-else")),
      newPassword: field(fc.constant("something-else")),
      timeZone: field(fc.constantFrom("Europe/Berlin", "UTC")),
      locale: field(fc.constantFrom("de", "en-GB")),
      dayStart: field(fc.constantFrom("08:00", "23:59")),
      provider: field(fc.constant("oidc")),
      callbackURL: field(fc.constantFrom("/", "//evil.example", "https://evil.example", "/\\evil.example")),
      rememberMe: field(fc.boolean()),
    },
    { requiredKeys: [] },
  );
  return fc.oneof({ arbitrary: shaped, weight: 4 }, { arbitrary: junk, weight: 1 });
};

const only = (body: unknown, fields: readonly string[]): unknown =>
  typeof body === "object" && body !== null && !Array.isArray(body)
    ? Object.fromEntries(Object.entries(body).filter(([name]) => fields.includes(name)))
    : body;

/** Half of the bodies have no field that the operation does not know, so that they get further. */
const fieldsOf = (operation: (typeof withBodies)[number]): readonly string[] =>
  Object.keys((operation as { body: { shape?: object } }).body.shape ?? {});

describe("whatever is sent", () => {
  test("to the gateway's own operations is answered, never with a 500 and never with somebody else's data", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...withBodies),
        nearMiss(),
        fc.boolean(),
        fc.constantFrom("anonymous", "eve"),
        async (operation, body, known, who) => {
          const visitor = who === "eve" ? eve.visitor : new Visitor(system);
          const sent = known ? only(body, fieldsOf(operation)) : body;
          const response = await new Visitor(system).send(
            operation.method.toUpperCase(),
            operation.path,
            JSON.stringify(sent),
            {
              cookie: visitor.cookie,
            },
          );
          const text = await response.text();
          expect([operation.path, response.status < 500]).toEqual([operation.path, true]);
          expect(text).not.toContain(MARKER);
          if (response.status >= 400) expect(response.headers.get("content-type")).toBe("application/problem+json");
        },
      ),
      { numRuns: 400 },
    );
  });

  test("of bodies that are not JSON, too large or of another type is refused by its name", async () => {
    for (const operation of withBodies) {
      const method = operation.method.toUpperCase();
      const send = (body: string, type = "application/json") =>
        eve.visitor.send(method, operation.path, body, { "content-type": type });
      const statuses = [
        (await send("{")).status,
        (await send("")).status,
        (await send("\u0000")).status,
        (await send("{}", "text/plain")).status,
        (await send("a=b", "application/x-www-form-urlencoded")).status,
        (await send(JSON.stringify({ name: "x".repeat(300_000) }))).status,
      ];
      expect([operation.path, ...statuses]).toEqual([operation.path, 400, 400, 400, 415, 415, 413]);
    }
  });

  test("as cookie, bearer token, path or query ends in no 500", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1, maxLength: 60 }).filter((text) => /^[\x21-\x7e]+$/.test(text)),
        fc.constantFrom("/api/me", "/api/v1/tasks", "/api/auth/get-session", "/api/auth/callback/oidc"),
        async (text, path) => {
          const visitor = new Visitor(system);
          const answers = [
            await visitor.get(path, { cookie: `todo.session_token=${text}` }),
            await visitor.get(path, { cookie: text }),
            await visitor.get(path, { authorization: `Bearer ${text}` }),
            await visitor.get(path, { authorization: text }),
            await eve.visitor.get(`${path}?${text}`),
            await eve.visitor.get(`/api/auth/${encodeURIComponent(text)}`),
            await eve.visitor.get(`/api/v1/tasks/${encodeURIComponent(text)}`),
          ];
          for (const answer of answers) expect([text, answer.status < 500]).toEqual([text, true]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("the victim still has what is theirs, and everybody's settings are valid", async () => {
    const mine = await victim.visitor.get("/api/v1/tasks");
    expect(await mine.json()).toMatchObject({ items: [{ title: MARKER }] });
    expect(await (await victim.visitor.get("/api/me")).json()).toMatchObject({ name: MARKER, email: victim.email });
    const users = await databaseOf(system).selectFrom("users").select(["time_zone", "day_start", "locale"]).execute();
    for (const { time_zone, day_start, locale } of users) {
      expect(() => new Intl.DateTimeFormat(locale, { timeZone: time_zone })).not.toThrow();
      expect(day_start).toMatch(/^\d\d:\d\d$/);
    }
    expect(
      (await new Visitor(system).post("/api/auth/sign-in/email", { email: newEmail(), password: PASSWORD })).status,
    ).toBe(401);
  });
});
