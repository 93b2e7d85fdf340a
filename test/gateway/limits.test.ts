import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Hono } from "hono";
import { type ManualClock, manualClock } from "#kit/clock";
import { clientAddress } from "#services/gateway/limits/address";
import { service as gateway } from "#services/gateway/service";
import { startSystem, type TestSystem } from "#test/kit/support/harness";
import { newEmail, PASSWORD, problemCode, signUp, Visitor } from "./support.ts";

const env = {
  RATE_LIMIT_BURST: "20",
  RATE_LIMIT_PER_SECOND: "2",
  RATE_LIMIT_CHAT_BURST: "2",
  RATE_LIMIT_CHAT_PER_MINUTE: "2",
  RATE_LIMIT_SIGN_IN_PER_MINUTE: "12",
  RATE_LIMIT_WRONG_PASSWORDS: "3",
};

const chat = new Hono().post("/v1/chat", (c) =>
  c.body("data: [DONE]\n\n", 200, { "content-type": "text/event-stream" }),
);

let system: TestSystem;
let clock: ManualClock;

/** People of different addresses, as the edge tells them. */
const from = (address: string) => ({ "x-forwarded-for": address });

beforeAll(async () => {
  clock = manualClock(new Date().toISOString());
  system = await startSystem([gateway], { clock, env: { gateway: env }, others: { chat } });
});
afterAll(() => system.stop());

describe("a user's limit", () => {
  test("lets a burst through, then says when to come again, and is nobody else's", async () => {
    const [busy, calm] = [await signUp(system), await signUp(system)];
    const statuses = await Promise.all(
      Array.from({ length: 25 }, () => busy.visitor.get("/api/me").then(({ status }) => status)),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    const refused = await busy.visitor.get("/api/me");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await problemCode(refused)).toBe("too-many-requests");
    expect((await calm.visitor.get("/api/me")).status).toBe(200);
    clock.advance(1_000);
    expect((await busy.visitor.get("/api/me")).status).toBe(200);
  });

  test("is narrower for turns with the assistant", async () => {
    const { visitor } = await signUp(system);
    const turn = () =>
      visitor.post("/api/v1/chat", { message: { role: "user", parts: [{ type: "text", text: "hi" }] } });
    const statuses = [(await turn()).status, (await turn()).status, (await turn()).status];
    expect(statuses).toEqual([200, 200, 429]);
    expect((await visitor.get("/api/me")).status).toBe(200);
    clock.advance(30_000);
    expect((await turn()).status).toBe(200);
  });
});

describe("signing in", () => {
  const attempt = (email: string, password: string, address: string) =>
    new Visitor(system).post("/api/auth/sign-in/email", { email, password }, from(address));

  test("is limited by address, counted for all replicas", async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 14; i++) statuses.push((await attempt(newEmail(), PASSWORD, "203.0.113.7")).status);
    expect(statuses.slice(0, 12)).toEqual(Array(12).fill(401));
    expect(statuses.slice(12)).toEqual([429, 429]);
    expect((await attempt(newEmail(), PASSWORD, "203.0.113.8")).status).toBe(401);
    // What the caller writes of himself stands before what the edge writes.
    expect((await attempt(newEmail(), PASSWORD, "198.51.100.1, 203.0.113.7")).status).toBe(429);
    clock.advance(60_000);
    expect((await attempt(newEmail(), PASSWORD, "203.0.113.7")).status).toBe(401);
  });

  test("to one account is limited by wrong passwords, from wherever they come", async () => {
    const { email } = await signUp(system);
    const wrong: number[] = [];
    for (const i of [1, 2, 3]) wrong.push((await attempt(email, "guess-guess", `203.0.113.${100 + i}`)).status);
    expect(wrong).toEqual([401, 401, 401]);
    const locked = await attempt(email.toUpperCase(), PASSWORD, "203.0.113.200");
    expect(locked.status).toBe(429);
    expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(60);
    clock.advance(15 * 60_000);
    expect((await attempt(email, PASSWORD, "203.0.113.200")).status).toBe(200);
  });
});

describe("an address", () => {
  const seen = async (header: string | undefined, proxies: number): Promise<string> => {
    const app = new Hono().get("/", (c) => c.text(clientAddress(c as never, proxies)));
    const bindings = {
      incoming: { socket: { remoteAddress: "::ffff:192.0.2.1", remotePort: 1, remoteFamily: "IPv6" } },
    };
    return (
      await app.request("/", header === undefined ? {} : { headers: { "x-forwarded-for": header } }, bindings)
    ).text();
  };

  test("is the one that the outermost proxy of ours saw", async () => {
    expect(await seen("198.51.100.9, 203.0.113.5", 1)).toBe("203.0.113.5");
    expect(await seen("198.51.100.9, 203.0.113.5", 2)).toBe("198.51.100.9");
    expect(await seen("203.0.113.5", 3)).toBe("203.0.113.5");
    expect(await seen("203.0.113.5", 0)).toBe("192.0.2.1");
    expect(await seen(undefined, 1)).toBe("192.0.2.1");
  });

  test("of IPv6 is its network", async () => {
    expect(await seen("2001:db8:1:2:3:4:5:6", 1)).toBe("2001:db8:1:2::/64");
    expect(await seen("2001:db8:1:2::9", 1)).toBe("2001:db8:1:2::/64");
    expect(await seen("2001:db8::1", 1)).toBe("2001:db8:0:0::/64");
  });
});
