/** Whatever is asked: no answer beyond the contract, and nothing of anybody else. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import fc from "fast-check";
import { service as notifications } from "#services/notifications/service";
import { contextOf, startSystem, type TestSystem } from "#test/kit/support/harness";
import { callsTo, type MailServer, mailServer } from "./support.ts";

const MARKER = "property-of-victoria";
const ID = "0197a000-0000-7000-8000-000000000001";

let system: TestSystem;
let mail: MailServer;
beforeAll(async () => {
  mail = await mailServer();
  system = await startSystem([notifications], { secrets: { "smtp-url": mail.url } });
  const { db } = contextOf(system, notifications);
  const owner = { user_id: "victoria", task_id: ID, title: MARKER };
  await db
    .insertInto("notifications")
    .values({ ...owner, id: ID, sent_at: new Date(), read_at: null })
    .execute();
  const webhook = { enabled: true, url: `https://${MARKER}.example.com/` };
  await call("victoria", "PUT", "/v1/notification-channels", { webhook });
});
afterAll(async () => {
  await system?.stop();
  await mail?.[Symbol.asyncDispose]();
});

const call = callsTo(() => system, "notifications");

const junk = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("0", "-1", "1e3", "NaN", "null", "[]", "\0", "\ud800"),
);

const instants = fc.oneof(
  fc.date({ noInvalidDate: true, min: new Date("0001-01-01") }).map((date) => date.toJSON()),
  fc.constantFrom("0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-02-30T00:00:00Z"),
);
const cursors = fc
  .tuple(fc.oneof(instants, junk), fc.oneof(fc.uuid(), junk))
  .map((parts) => Buffer.from(JSON.stringify(parts)).toString("base64url"));

const parameter = fc.oneof(
  fc.tuple(fc.constant("cursor"), fc.oneof({ arbitrary: cursors, weight: 4 }, junk)),
  fc.tuple(fc.constant("limit"), fc.oneof(fc.integer({ min: -1, max: 101 }).map(String), junk)),
  fc.tuple(fc.constant("unread"), fc.oneof(fc.constant("true"), junk)),
  fc.tuple(junk, junk),
);

const addresses = fc.oneof(fc.emailAddress(), junk, fc.constant(null));
const urls = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }).map((url) => url.replace("http:", "https:")),
  junk.map((text) => `https://example.com/${text}`),
  junk.map((text) => `https://${text}.example.com/`),
  junk,
  fc.constant(null),
);
const flags = fc.oneof({ arbitrary: fc.boolean(), weight: 6 }, junk);

const changes: readonly (readonly [method: string, path: string, body: fc.Arbitrary<unknown>])[] = [
  [
    "POST",
    "/v1/notifications/read",
    fc.oneof(
      fc.record({ ids: fc.array(fc.oneof(fc.uuid(), fc.constant(ID), junk), { maxLength: 3 }) }),
      fc.constant({ all: true }),
      fc.jsonValue(),
    ),
  ],
  [
    "PUT",
    "/v1/notification-channels",
    fc.record(
      {
        email: fc.record({ enabled: flags, address: addresses }),
        webhook: fc.record({ enabled: flags, url: urls }),
      },
      { requiredKeys: [] },
    ),
  ],
  [
    "POST",
    "/v1/notification-channels/email/confirm",
    fc.record({ code: fc.oneof(fc.stringMatching(/^\d{6}$/), junk) }),
  ],
  // Not the webhook: it would be sent.
  ["POST", "/v1/notification-channels/test", fc.record({ channel: fc.constantFrom("email", "fax") })],
  ["DELETE", "/v1/notification-channels", fc.constant(undefined)],
];

it("answers any query", async () => {
  const paths = fc.constantFrom("/v1/notifications", "/v1/deliveries", "/v1/notification-channels", "/v1/export");
  await fc.assert(
    fc.asyncProperty(paths, fc.array(parameter, { maxLength: 3 }), async (path, query) => {
      const { status, body } = await call("mallory", "GET", `${path}?${new URLSearchParams(query)}`);
      expect([200, 400]).toContain(status);
      expect(JSON.stringify(body)).not.toContain(MARKER);
    }),
    { numRuns: 300 },
  );
}, 60_000);

it("answers any change", async () => {
  const change = fc
    .constantFrom(...changes)
    .chain(([method, path, body]) => fc.tuple(fc.constant(method), fc.constant(path), body));
  const statuses = new Set<number>();
  let users = 0;
  await fc.assert(
    fc.asyncProperty(change, fc.boolean(), async ([method, path, body], isNew) => {
      const { status, body: answer } = await call(isNew ? `user-${++users}` : "mallory", method, path, body);
      statuses.add(status);
      expect([200, 202, 204, 400, 422, 429]).toContain(status);
      expect(JSON.stringify(answer)).not.toContain(MARKER);
    }),
    { numRuns: 400 },
  );
  expect([...statuses]).toEqual(expect.arrayContaining([200, 204, 400, 422]));
  expect((await call<{ unread: number }>("victoria", "GET", "/v1/notifications")).body.unread).toBe(1);
}, 60_000);
