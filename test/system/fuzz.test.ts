import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { PendingApproval } from "#contracts/http/chat";
import type { Channels } from "#contracts/http/notifications";
import type { TaskPage } from "#contracts/http/tasks";
import type { Task } from "#contracts/task";
import { eventually } from "#test/kit/support/harness";
import { type MadeRequest, type OpenApi, operationsOf, requestsOf } from "#test/support/openapi-requests";
import { auditVerify, deadLetters, poisoned, settled } from "./checks.ts";
import { type Answer, Person, signUp } from "./person.ts";
import { errorsOf, type Product, startProduct } from "./support.ts";

/** How long requests are made: `FUZZ_SECONDS=600 npm test -- test/system/fuzz` for more of them. */
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 40);
/** Of that time each, until every operation was tried. */
const ROUNDS = 6;
/** `FUZZ_SEED` repeats a run as far as requests go. */
const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** No answer takes longer, also on a machine that does something else. */
const TIMEOUT_MS = 20_000;

/** Written by Victoria alone, never sent by anybody else. */
const CANARY = `canary${randomUUID().replaceAll("-", "")}`;

let product: Product;
let document: OpenApi;
let victoria: Person;
let mallory: Person;
/** Ids of Victoria's that somebody may have overheard; knowing them helps nothing. */
const overheard: string[] = [];
/** What nobody but she may see, in any answer to somebody else. */
const hers: string[] = [CANARY];
/** Ids and cursors of Mallory's own. */
const own: string[] = [];
const words: string[] = [];

beforeAll(async () => {
  product = await startProduct({
    environment: { RATE_LIMIT_BURST: "1000000", RATE_LIMIT_CHAT_BURST: "1000000", DAILY_TURNS: "1000000" },
  });
  document = (await new Person(product.origin).get<OpenApi>("/api/openapi.json")).body;
  victoria = await signUp(product.origin, { name: CANARY });
  mallory = await signUp(product.origin);
  await furnish(victoria, CANARY, (id, secret) => (secret ? hers : overheard).push(id));
  await furnish(mallory, "mine", (id) => own.push(id));
  hers.push(victoria.email, victoria.userId);
  for (const path of ["/api/v1/tasks", "/api/v1/audit/events", "/api/v1/conversations", "/api/v1/notifications"]) {
    const { nextCursor } = (await victoria.get<{ nextCursor: string | null }>(`${path}?limit=1`)).body;
    if (nextCursor) words.push(nextCursor);
  }
  const channels = (await victoria.get<Channels>("/api/v1/notification-channels")).body;
  hers.push(channels.webhook.signingSecret);
  await settled(product);
}, 120_000);
afterAll(() => product?.stop(), 60_000);

/** One of everything. @param tell is given the ids; the secret ones are never guessed by anybody */
async function furnish(person: Person, text: string, tell: (id: string, secret: boolean) => void): Promise<void> {
  const task = { title: `${text} task`, notes: `${text} notes`, tags: [text], due: "2030-01-31" };
  const key = randomUUID();
  for (const secret of [false, true, false]) {
    const { body } = await person.post<Task>("/api/v1/tasks", task, secret ? {} : { "idempotency-key": key });
    tell(body.id, secret);
  }
  words.push(key);
  const { body: rent } = await person.post<Task>("/api/v1/tasks", {
    ...task,
    recurrence: { rrule: "FREQ=MONTHLY;BYMONTHDAY=31", anchor: "schedule" },
    reminder: { minutesBefore: 10 },
  });
  tell(rent.id, false);
  await person.post(`/api/v1/tasks/${rent.id}/complete`);
  const asked = await person.say(`delete "${text} task"`);
  const said = asked.approval ? asked : await person.say("delete task 1", asked.conversationId);
  expect(said.approval).toBeDefined();
  const { items } = (await person.get<{ items: PendingApproval[] }>("/api/v1/approvals")).body;
  for (const { id, conversationId, messageId } of items) {
    for (const one of [id, conversationId, messageId]) tell(one, false);
  }
  await person.send({
    method: "PUT",
    path: "/api/v1/notification-channels",
    body: { webhook: { enabled: false, url: `https://example.com/${text}` } },
  });
}

/** What Victoria has, as she sees it herself. */
async function belongings(): Promise<Record<string, unknown>> {
  const { body } = await victoria.get<Record<string, unknown>>("/api/export");
  const { exportedAt: _, ...kept } = body;
  const approvals = (await victoria.get("/api/v1/approvals")).body;
  return { ...kept, approvals, me: (await victoria.get("/api/me")).body };
}

/** Some requests end sessions. */
async function becomeSomebodyIfNobody(): Promise<void> {
  if ((await mallory.get("/api/me")).status === 401) mallory = await signUp(product.origin);
}

const ERASURE = "/api/account";

describe("two users and every operation of the API", () => {
  const succeeded = new Set<string>();
  const tried = new Map<string, number>();

  async function check(request: MadeRequest): Promise<void> {
    const { method, template, address, headers, body, statuses } = request;
    const sent = { method, path: address, headers, timeoutMs: TIMEOUT_MS, ...(body === undefined ? {} : { body }) };
    const answer: Answer<unknown> = await mallory.send(sent);
    const name = `${method} ${template}`;
    const told = `${name} (${address.slice(0, 300)} ${JSON.stringify(headers)} ${body?.slice(0, 500)})`;
    tried.set(name, (tried.get(name) ?? 0) + 1);
    if (answer.status < 400) succeeded.add(name);
    if (answer.status >= 500) throw new Error(`${told} was answered with ${answer.status}: ${answer.text}`);
    // Node itself refuses a request line that is too long.
    const declared = statuses.includes(answer.status) || (answer.status === 431 && address.length > 8_000);
    if (!declared) throw new Error(`${told} was answered with ${answer.status}, undeclared`);
    const all = `${answer.text}\n${[...answer.headers].flat().join("\n")}`;
    for (const secret of hers) {
      if (all.includes(secret)) throw new Error(`${told} was answered with what is Victoria's: ${answer.text}`);
    }
  }

  it(
    "never a failure, never a byte of the other's",
    async () => {
      const before = await belongings();
      const made = requestsOf(document, { ids: [...own, ...own, ...overheard], words }, (_, path) => path !== ERASURE);
      const property = fc.asyncProperty(fc.array(made, { minLength: 1, maxLength: 6 }), async (requests) => {
        // At once, as they would come from somebody who tries to get in between.
        await Promise.all(requests.map(check));
        await becomeSomebodyIfNobody();
      });
      const limits = { numRuns: 1_000_000, interruptAfterTimeLimit: SECONDS * 1_000, endOnFailure: true };
      const all = operationsOf(document)
        .map(({ method, template }) => `${method} ${template}`)
        .filter((name) => !name.includes(ERASURE));
      const untouched = (): string[] => all.filter((name) => !tried.has(name));
      // A slow machine gets as far in more time.
      const isEnough = (): boolean => untouched().length === 0 && succeeded.size > all.length / 2;
      for (let round = 0; round === 0 || (!isEnough() && round < ROUNDS); round++) {
        await fc.assert(property, { ...limits, seed: SEED + round });
      }
      expect(untouched()).toEqual([]);
      // What never succeeds is not tried for real.
      expect(succeeded.size).toBeGreaterThan(all.length / 2);
      await settled(product);
      expect(await belongings()).toEqual(before);
    },
    SECONDS * 1_000 * ROUNDS + 120_000,
  );

  it("an account is erased by its owner alone", async () => {
    // The time may have been over in the middle of requests that ended the session.
    await becomeSomebodyIfNobody();
    for (const body of [{ password: "wrong-password" }, { password: "" }, { user: victoria.userId }]) {
      const { status } = await mallory.send({ method: "DELETE", path: ERASURE, body });
      expect([400, 403]).toContain(status);
    }
    expect((await mallory.send({ method: "DELETE", path: ERASURE })).status).toBe(204);
    expect((await victoria.get<TaskPage>("/api/v1/tasks")).body.items.length).toBeGreaterThan(0);
  });

  it("leaves nothing that a consumer could not take, whole chains, and no error in any log", async () => {
    await settled(product);
    expect(await poisoned(product)).toEqual([]);
    expect(deadLetters(product)).toEqual([]);
    await eventually(async () => expect(await auditVerify(product)).toMatchObject({ code: 0 }));
    expect(errorsOf(product)).toEqual([]);
  });
});
