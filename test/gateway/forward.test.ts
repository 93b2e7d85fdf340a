import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { type Context, Hono } from "hono";
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from "jose";
import { service as gateway } from "#services/gateway/service";
import { service as tasks } from "#services/tasks/service";
import { eventually, startSystem, type TestSystem } from "#test/kit/support/harness";
import { problemCode, signUp } from "./support.ts";

const APPROVAL = "0199a1c0-0000-7000-8000-000000000001";

/** What the gateway said to chat, and how chat is told to answer. */
let heard: { path: string; headers: Headers; body: unknown }[] = [];
let release: () => void = () => {};
let cut = false;
let dies = false;

const chat = new Hono();
chat.get("/v1/conversations", (c) => {
  heard.push({ path: c.req.path, headers: c.req.raw.headers, body: undefined });
  if (c.req.query("cursor") === "busy") {
    const problem = {
      type: "urn:todo:problem:too-many-requests",
      title: "Busy",
      status: 429,
      code: "too-many-requests",
    };
    return c.json(problem, 429, { "content-type": "application/problem+json", "retry-after": "7" });
  }
  if (c.req.query("cursor") === "broken") return c.text("a stack trace", 500);
  return c.json({ items: [], nextCursor: null }, 200, { "x-internal": "secret", "set-cookie": "mine=1" });
});
const streaming = async (c: Context): Promise<Response> => {
  heard.push({ path: c.req.path, headers: c.req.raw.headers, body: await c.req.json() });
  const text = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(text.encode("data: first\n\n"));
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      if (cut) return;
      if (dies) return controller.error(new Error("out of memory"));
      controller.enqueue(text.encode("data: second\n\n"));
      controller.close();
    },
    cancel() {
      cut = true;
    },
  });
  return new Response(stream, {
    headers: { "content-type": "text/event-stream", "x-vercel-ai-ui-message-stream": "v1" },
  });
};
chat.post("/v1/chat", streaming);
chat.post("/v1/approvals/:id", streaming);

let system: TestSystem;

beforeAll(async () => {
  system = await startSystem([gateway, tasks], { others: { chat } });
});
afterAll(() => system.stop());
beforeEach(() => {
  // The HTTP server tells it of every stream that was cut.
  jest.spyOn(console, "error").mockImplementation(() => {});
  heard = [];
  cut = false;
  dies = false;
  release = () => {};
});

const message = { message: { role: "user", parts: [{ type: "text", text: "pay the rent" }] } };

async function keysOf(): Promise<JSONWebKeySet> {
  const response = await system.sidecar("tasks", "/v1.0/invoke/gateway/method/internal/jwks");
  expect(response.status).toBe(200);
  return (await response.json()) as JSONWebKeySet;
}

describe("what a service receives", () => {
  test("is a five-minute token for it alone, and for chat one with which the assistant calls tasks", async () => {
    const { visitor, userId } = await signUp(system, { timeZone: "Asia/Tokyo" });
    const mine = { "x-tasks-token": "forged", "x-tasks-turn-token": "forged", "dapr-caller-app-id": "chat" };
    expect((await visitor.get("/api/v1/conversations", mine)).status).toBe(200);
    const [{ headers } = { headers: new Headers() }] = heard;

    const keys = createLocalJWKSet(await keysOf());
    const options = { issuer: "todo-gateway", algorithms: ["EdDSA"] };
    const bearer = (headers.get("authorization") ?? "").replace("Bearer ", "");
    const { payload } = await jwtVerify(bearer, keys, { ...options, audience: "chat" });
    expect(payload).toMatchObject({ sub: userId, tz: "Asia/Tokyo" });
    expect(payload).not.toHaveProperty("act");
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
    const assistant = await jwtVerify(headers.get("x-tasks-token") ?? "", keys, { ...options, audience: "tasks" });
    expect(assistant.payload).toMatchObject({ sub: userId, act: "chat" });
    expect(assistant.payload).not.toHaveProperty("approval");
    expect(headers.get("x-tasks-turn-token")).toBeNull();
    expect(headers.get("cookie")).toBeNull();
  });

  test("of an approval is a token for that approval, beside one without it", async () => {
    const { visitor } = await signUp(system);
    const decide = async (decision: string) => {
      const answer = visitor.post(`/api/v1/approvals/${APPROVAL}`, { decision });
      await eventually(() => expect(heard.length).toBeGreaterThan(0));
      release();
      await (await answer).text();
      return heard.pop()?.headers ?? new Headers();
    };
    const approved = await decide("approve");
    expect(decodeJwt(approved.get("x-tasks-token") ?? "")).toMatchObject({ act: "chat", approval: APPROVAL });
    expect(decodeJwt(approved.get("x-tasks-turn-token") ?? "")).not.toHaveProperty("approval");
    const rejected = await decide("reject");
    expect(decodeJwt(rejected.get("x-tasks-token") ?? "")).not.toHaveProperty("approval");
    expect(rejected.get("x-tasks-turn-token")).toBeNull();
  });

  test("is minted once for a session, not for each request", async () => {
    const { visitor } = await signUp(system);
    await visitor.get("/api/v1/conversations");
    await visitor.get("/api/v1/conversations");
    expect(new Set(heard.map(({ headers }) => headers.get("authorization"))).size).toBe(1);
  });

  test("never asks for an event stream in so many words", async () => {
    const { visitor } = await signUp(system);
    await visitor.get("/api/v1/conversations", { accept: "text/event-stream" });
    expect(heard[0]?.headers.get("accept")).toBe("*/*");
  });

  test("carries the request id that the caller sees", async () => {
    const { visitor } = await signUp(system);
    const answer = await visitor.get("/api/v1/conversations", { "x-request-id": "mine-42" });
    expect(answer.headers.get("x-request-id")).toBe("mine-42");
    expect(heard[0]?.headers.get("x-request-id")).toBe("mine-42");
  });
});

describe("what comes back", () => {
  test("is the answer without the headers that belong inside", async () => {
    const { visitor } = await signUp(system);
    const answer = await visitor.get("/api/v1/conversations");
    expect(await answer.json()).toEqual({ items: [], nextCursor: null });
    expect(answer.headers.get("x-internal")).toBeNull();
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  test("is the refusal with its code and its time to wait", async () => {
    const { visitor } = await signUp(system);
    const answer = await visitor.get("/api/v1/conversations?cursor=busy", { accept: "text/event-stream" });
    expect(answer.status).toBe(429);
    expect(answer.headers.get("retry-after")).toBe("7");
    expect(await problemCode(answer)).toBe("too-many-requests");
  });

  test("is a 502 for a service's own failure, without a word of it", async () => {
    const { visitor } = await signUp(system);
    const answer = await visitor.get("/api/v1/conversations?cursor=broken");
    expect(answer.status).toBe(502);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.text()).not.toContain("stack trace");
  });

  test("keeps versions and keys: If-Match is checked, an idempotency key counts", async () => {
    const { visitor } = await signUp(system);
    const key = { "idempotency-key": "once-1" };
    const first = await visitor.post("/api/v1/tasks", { title: "Once" }, key);
    const second = await visitor.post("/api/v1/tasks", { title: "Once" }, key);
    const [{ id }, again] = [(await first.json()) as { id: string }, (await second.json()) as { id: string }];
    expect(again.id).toBe(id);
    const path = `/api/v1/tasks/${id}`;
    expect((await visitor.send("PATCH", path, { title: "Twice" })).status).toBe(428);
    expect((await visitor.send("PATCH", path, { title: "Twice" }, { "if-match": '"9"' })).status).toBe(412);
    const changed = await visitor.send("PATCH", path, { title: "Twice" }, { "if-match": '"1"' });
    expect(changed.headers.get("etag")).toBe('"2"');
    const deleted = await visitor.send("DELETE", path);
    expect(deleted.status).toBe(204);
    expect(await deleted.text()).toBe("");
  });
});

describe("streams", () => {
  test("arrive as they are written", async () => {
    const { visitor } = await signUp(system);
    const answer = await visitor.post("/api/v1/chat", message);
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    expect(answer.headers.get("x-vercel-ai-ui-message-stream")).toBe("v1");
    const reader = (answer.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe("data: first\n\n");
    release();
    expect((await reader.read()).value).toBe("data: second\n\n");
    expect((await reader.read()).done).toBe(true);
  });

  test("end at the service when their reader goes away", async () => {
    const { visitor } = await signUp(system);
    const answer = await visitor.post("/api/v1/chat", message);
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await reader.cancel();
    await eventually(() => expect(cut).toBe(true));
    release();
  });

  test("of a service that dies in the middle end with an error, not as if they were complete", async () => {
    const { visitor } = await signUp(system);
    dies = true;
    const answer = await visitor.post("/api/v1/chat", message);
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    release();
    await expect(reader.read()).rejects.toThrow();
  });
});

describe("bad requests", () => {
  test("end at the gateway: nothing of them reaches the service", async () => {
    const { visitor } = await signUp(system);
    const answers = [
      await visitor.post("/api/v1/chat", "{not json"),
      await visitor.post("/api/v1/chat", { ...message, admin: true }),
      await visitor.send("POST", "/api/v1/chat", "x", { "content-type": "text/plain" }),
      await visitor.post("/api/v1/chat", {
        message: { role: "user", parts: [{ type: "text", text: "x".repeat(1_100_000) }] },
      }),
      await visitor.post("/api/v1/approvals/not-an-id", { decision: "approve" }),
      await visitor.get("/api/v1/conversations?limit=many&unknown=1"),
      await visitor.get("/api/v1/conversations?valueOf=1&constructor=2"),
      await visitor.get("/api/v1/nothing"),
      await visitor.get("/api/internal/jwks"),
      await visitor.get("/api/v1/export"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 415, 413, 404, 400, 400, 404, 404, 404]);
    for (const answer of answers) expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(heard).toEqual([]);
  });

  test("keys are for services: nobody reads them past the sidecar", async () => {
    expect((await system.request("gateway", "/internal/jwks")).status).toBe(403);
    expect((await keysOf()).keys.every((key) => key.kty === "OKP" && key.d === undefined)).toBe(true);
  });
});

describe("a service that is away", () => {
  test("fails its own calls alone", async () => {
    const own = await startSystem([gateway, tasks], { others: { chat } });
    try {
      const { visitor } = await signUp(own);
      expect((await visitor.get("/api/v1/tasks")).status).toBe(200);
      await own.stopService("tasks");
      const away = await visitor.get("/api/v1/tasks");
      expect([502, 503]).toContain(away.status);
      expect(away.headers.get("content-type")).toBe("application/problem+json");
      expect((await visitor.get("/api/v1/conversations")).status).toBe(200);
      expect((await visitor.get("/api/me")).status).toBe(200);
      expect((await own.request("gateway", "/readyz")).status).toBe(200);
    } finally {
      await own.stop();
    }
  });
});

test("a caller who leaves before the answer costs nobody an error", async () => {
  const { visitor } = await signUp(system);
  const leaving = new AbortController();
  const asked = system.request("gateway", "/api/v1/chat", {
    method: "POST",
    headers: { "content-type": "application/json", cookie: visitor.cookie },
    body: JSON.stringify(message),
    signal: leaving.signal,
  });
  await delay(5);
  leaving.abort();
  await asked.then(
    (response) => response.body?.cancel(),
    () => {},
  );
  release();
  expect((await visitor.get("/api/v1/conversations")).status).toBe(200);
});
