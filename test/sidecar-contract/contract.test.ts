import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { components, namespaces } from "#model/names";
import { type Answer, brokenOff, json, RecordingApp } from "./app.ts";
import { API_TOKEN, APP_TOKEN, startTarget, type Target } from "./target.ts";

const apps = { alpha: new RecordingApp(), beta: new RecordingApp(), gamma: new RecordingApp() };
let target: Target;

beforeAll(async () => {
  target = await startTarget(apps);
  await until(async () => expect((await target.call("alpha", "/v1.0/healthz")).status).toBe(204));
  await until(async () => expect((await target.call("beta", "/v1.0/healthz")).status).toBe(204));
}, 120_000);
afterAll(async () => {
  await target?.stop();
  for (const app of Object.values(apps)) await app.stop();
}, 60_000);
beforeEach(() => {
  for (const app of Object.values(apps)) app.reset();
});

async function until<T>(check: () => Promise<T> | T, withinMs = 20_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

const errorCode = async (response: Response): Promise<unknown> =>
  ((await response.json()) as { errorCode?: unknown }).errorCode;

const cloudEvent = (key: string, data: object = {}) => ({
  specversion: "1.0",
  id: randomUUID(),
  source: "/todo/alpha",
  type: "dev.todo.task.created.v1",
  time: "2026-11-18T10:00:00.000Z",
  subject: key,
  partitionkey: key,
  datacontenttype: "application/json",
  userid: "u",
  aggregateversion: 1,
  data,
});

const publish = (
  event: { partitionkey: string },
  headers: Record<string, string> = {},
  topic = "task-events",
  pubsub: string = components.pubsub,
) =>
  target.call("alpha", `/v1.0/publish/${pubsub}/${topic}?metadata.partitionKey=${event.partitionkey}`, {
    method: "POST",
    headers: { "content-type": "application/cloudevents+json", ...headers },
    body: JSON.stringify(event),
  });

const route = "/events/task-events";
const idsAtBeta = () => apps.beta.at(route).map(({ json: event }) => event.id);

describe("health and tokens", () => {
  it("tells whether outbound calls work, also to who has no token", async () => {
    expect((await target.call("alpha", "/v1.0/healthz/outbound", { headers: { "dapr-api-token": "" } })).status).toBe(
      204,
    );
  });

  it("answers nobody else without the API token", async () => {
    const response = await target.call("alpha", "/v1.0/metadata", { headers: { "dapr-api-token": "guess" } });
    expect(response.status).toBe(401);
  });

  it("does not know an API that the service's entry does not ask for", async () => {
    expect((await target.call("beta", "/v1.0/jobs/x")).status).toBe(404);
    expect((await target.call("gamma", `/v1.0/state/${components.statestore}/x`)).status).toBe(404);
  });

  it("tells who it is", async () => {
    const response = await target.call("alpha", "/v1.0/metadata");
    expect(await response.json()).toMatchObject({ id: "alpha", runtimeVersion: expect.stringMatching(/^1\.18\./) });
  });
});

describe("publishing", () => {
  it("answers 204, and delivers the event with its own attributes, Dapr's beside them and the publisher's trace", async () => {
    const event = cloudEvent("k1", { n: 1 });
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    expect((await publish(event, { traceparent })).status).toBe(204);
    const [delivery] = await until(() => {
      const found = apps.beta.at(route).filter(({ json: body }) => body.id === event.id);
      expect(found).toHaveLength(1);
      return found;
    });
    expect(delivery?.json).toMatchObject({ ...event, topic: "task-events", pubsubname: components.pubsub });
    expect(String(delivery?.json.traceparent)).toContain("0af7651916cd43dd8448eb211c80319c");
    expect(delivery?.headers["content-type"]).toMatch(/^application\/cloudevents\+json/);
    expect(delivery?.headers["dapr-api-token"]).toBe(APP_TOKEN);
  });

  it("refuses a topic that the service does not publish, and a component that is not there", async () => {
    const forbidden = await publish(cloudEvent("k"), {}, "chat-events");
    expect(forbidden.status).toBe(403);
    expect(await errorCode(forbidden)).toBe("ERR_PUBSUB_FORBIDDEN");
    const unknown = await publish(cloudEvent("k"), {}, "task-events", "nothing");
    expect(unknown.status).toBe(404);
    expect(await errorCode(unknown)).toBe("ERR_PUBSUB_NOT_FOUND");
  });

  it("keeps the order of a key", async () => {
    const events = Array.from({ length: 30 }, () => cloudEvent("ordered"));
    for (const event of events) await publish(event);
    await until(() => expect(idsAtBeta()).toHaveLength(30));
    expect(idsAtBeta()).toEqual(events.map(({ id }) => id));
  });
});

describe("delivery", () => {
  const settled = async (answers: Answer[]): Promise<{ first: string; next: string; tries: () => number }> => {
    const [first, next] = [cloudEvent("settled"), cloudEvent("settled")];
    let turn = 0;
    apps.beta.answerWith((received, response) => {
      const mine = (JSON.parse(received.body) as { id: string }).id === first.id;
      const answer = mine ? answers[Math.min(turn++, answers.length - 1)] : json(200, {});
      answer?.(received, response);
    });
    await publish(first);
    await publish(next);
    await until(() => expect(idsAtBeta()).toContain(next.id));
    return { first: first.id, next: next.id, tries: () => idsAtBeta().filter((id) => id === first.id).length };
  };

  it.each([
    ["an empty object", json(200, {})],
    ["SUCCESS", json(200, { status: "SUCCESS" })],
    ["a body that is no JSON", (_, response) => response.writeHead(200).end("fine")],
    // Why a delivery that has to come again says so by its status: here its RETRY never arrives.
    ["200 whose body breaks off", brokenOff(200)],
  ] satisfies [string, Answer][])("takes %s for done", async (_, answer) => {
    expect((await settled([answer])).tries()).toBe(1);
  });

  it.each([
    ["RETRY", json(200, { status: "RETRY" })],
    ["an unknown status", json(200, { status: "PERHAPS" })],
    ["503", json(503, {})],
    ["500", json(500, {})],
    ["503 whose body breaks off", brokenOff(503)],
    ["no answer at all", (_, response) => response.socket?.end()],
  ] satisfies [string, Answer][])("tries again after %s, and holds what comes behind it", async (_, answer) => {
    const { first, next, tries } = await settled([answer, json(200, {})]);
    expect(tries()).toBe(2);
    expect(idsAtBeta()).toEqual([first, first, next]);
  });

  it.each([
    ["DROP", json(200, { status: "DROP" })],
    ["404", json(404, {})],
    ["404 whose body breaks off", brokenOff(404)],
  ] satisfies [string, Answer][])(
    "moves an event that is answered with %s to the dead letters at once",
    async (_, answer) => {
      const { first, tries } = await settled([answer]);
      expect(tries()).toBe(1);
      await until(async () => expect((await target.deadLetters()).map(({ id }) => id)).toContain(first));
    },
  );
});

describe("invocation", () => {
  const invoke = (path: string, init: RequestInit = {}, callee = "beta") =>
    target.call("alpha", `/v1.0/invoke/${callee}/method${path}`, init);

  it("passes method, path, query, headers and body on, and status, headers and body back", async () => {
    apps.beta.answerWith(json(201, { made: true }, { etag: '"7"', "x-more": "yes" }));
    const response = await invoke("/v1/things/a%20b?x=1&y=%26", {
      method: "PATCH",
      headers: { "content-type": "application/json", "if-match": '"6"', authorization: "Bearer t" },
      body: '{"a":1}',
    });
    expect([response.status, response.headers.get("etag"), response.headers.get("x-more")]).toEqual([
      201,
      '"7"',
      "yes",
    ]);
    expect(await response.json()).toEqual({ made: true });
    const [received] = apps.beta.received;
    expect(received).toMatchObject({ method: "PATCH", body: '{"a":1}' });
    expect(decodeURIComponent(received?.url ?? "")).toBe("/v1/things/a b?x=1&y=&");
    expect(received?.headers).toMatchObject({
      "if-match": '"6"',
      authorization: "Bearer t",
      "dapr-api-token": APP_TOKEN,
    });
  });

  it("names the caller", async () => {
    await invoke("/v1/x");
    expect(apps.beta.received[0]?.headers).toMatchObject({
      "dapr-caller-app-id": "alpha",
      "dapr-caller-namespace": namespaces.apps,
    });
  });

  it("names him also beside what he says of himself, so that two values tell of a lie", async () => {
    await invoke("/v1/x", { headers: { "dapr-caller-app-id": "gamma" } });
    const names = String(apps.beta.received[0]?.headers["dapr-caller-app-id"]).split(", ");
    expect(names.sort()).toEqual(["alpha", "gamma"]);
  });

  it.each([400, 404, 409, 422, 500])("passes an error %i as it is, once", async (status) => {
    apps.beta.answerWith(json(status, { problem: status }));
    const response = await invoke("/v1/x", { method: "POST", body: "{}" });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ problem: status });
    expect(apps.beta.received).toHaveLength(1);
  });

  it("repeats a call that the edge calls idempotent after 503", async () => {
    let calls = 0;
    apps.beta.answerWith((received, response) => json(++calls < 3 ? 503 : 200, {})(received, response));
    expect((await invoke("/v1/x", { method: "POST", body: "{}" })).status).toBe(200);
    expect(calls).toBe(3);
  });

  it("repeats no call that the edge does not call idempotent", async () => {
    apps.gamma.answerWith(json(503, {}));
    expect((await invoke("/internal/x", {}, "gamma")).status).toBe(503);
    expect(apps.gamma.received).toHaveLength(1);
  });

  it.each([
    ["event routes", "/events/task-events", "beta"],
    ["job routes", "/job/timer-1", "beta"],
    ["anything that is not invocable", "/metrics", "beta"],
    ["a way around by dots", "/v1/../events/task-events", "beta"],
    ["a way around by encoded dots", "/v1/%2e%2e/events/task-events", "beta"],
    ["a way around by encoded slashes", "/v1%2f..%2fevents/task-events", "beta"],
    ["users' paths over an internal edge", "/v1/x", "gamma"],
    ["internal paths over a users' edge", "/internal/x", "beta"],
  ])("denies %s", async (_, path, callee) => {
    const response = await rawInvoke(path, callee);
    expect(response.status).toBe(403);
    expect(response.errorCode).toBe("ERR_DIRECT_INVOKE");
    expect(apps.beta.received.concat(apps.gamma.received)).toEqual([]);
  });

  it("denies a service that does not list the callee", async () => {
    expect((await target.call("beta", "/v1.0/invoke/alpha/method/v1/x")).status).toBe(404);
  });

  it("answers 500 for a service that is not there", async () => {
    const response = await invoke("/v1/x", {}, "nobody");
    expect(response.status).toBe(500);
    expect(await errorCode(response)).toBe("ERR_DIRECT_INVOKE");
  });

  it("passes an answer on while it is written", async () => {
    let finish = (): void => {};
    apps.beta.answerWith((_, response) => {
      response.writeHead(200, { "content-type": "text/plain" }).write("first ");
      finish = () => response.end("last");
    });
    const response = await invoke("/v1/stream");
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const first = await reader.read();
    expect(new TextDecoder().decode(first.value)).toBe("first ");
    finish();
    const last = await reader.read();
    expect(new TextDecoder().decode(last.value)).toBe("last");
  });

  /** `fetch` would resolve the dots itself. */
  async function rawInvoke(path: string, callee: string): Promise<{ status: number; errorCode: unknown }> {
    const { request } = await import("node:http");
    const base = new URL((await target.call("alpha", "/v1.0/healthz/outbound")).url);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: base.hostname,
          port: base.port,
          path: `/v1.0/invoke/${callee}/method${path}`,
          headers: { "dapr-api-token": API_TOKEN },
        },
        (response) => {
          let text = "";
          response
            .on("data", (chunk) => (text += chunk))
            .on("end", () => {
              const body = text.startsWith("{") ? (JSON.parse(text) as { errorCode?: unknown }) : {};
              resolve({ status: response.statusCode ?? 0, errorCode: body.errorCode });
            });
        },
      );
      outgoing.on("error", reject).end();
    });
  }
});

describe("state", () => {
  const base = `/v1.0/state/${components.statestore}`;
  const save = (item: object) =>
    target.call("alpha", base, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([item]),
    });
  const get = (key: string, app: "alpha" | "beta" = "alpha") => target.call(app, `${base}/${key}`);

  it("keeps a value, and shows it with an entity tag", async () => {
    const key = randomUUID();
    expect((await save({ key, value: { n: 1 } })).status).toBe(204);
    const response = await get(key);
    expect(await response.json()).toEqual({ n: 1 });
    expect(response.headers.get("etag")).toBeTruthy();
    expect((await get(randomUUID())).status).toBe(204);
  });

  it("writes over the version that is named, and answers 409 for any other", async () => {
    const key = randomUUID();
    await save({ key, value: 1 });
    const etag = (await get(key)).headers.get("etag");
    const strong = { concurrency: "first-write" };
    expect((await save({ key, value: 2, etag, options: strong })).status).toBe(204);
    const conflict = await save({ key, value: 3, etag, options: strong });
    expect(conflict.status).toBe(409);
    expect(await errorCode(conflict)).toBe("ERR_STATE_SAVE");
    expect(await (await get(key)).json()).toBe(2);
  });

  it("makes an entry only where there is none, when asked to", async () => {
    const item = { key: randomUUID(), value: 1, options: { concurrency: "first-write" } };
    expect((await save(item)).status).toBe(204);
    expect((await save({ ...item, value: 2 })).status).toBe(409);
  });

  it("deletes the version that is named, and answers 409 for any other", async () => {
    const key = randomUUID();
    await save({ key, value: 1 });
    const remove = (headers: Record<string, string>) =>
      target.call("alpha", `${base}/${key}`, { method: "DELETE", headers });
    const conflict = await remove({ "if-match": "999" });
    expect(conflict.status).toBe(409);
    expect(await errorCode(conflict)).toBe("ERR_STATE_DELETE");
    expect((await remove({})).status).toBe(204);
    expect((await get(key)).status).toBe(204);
    expect((await remove({})).status).toBe(204);
  });

  it("reads several at once, with their entity tags", async () => {
    const key = randomUUID();
    await save({ key, value: 1 });
    const body = JSON.stringify({ keys: [key, "not-there"] });
    const response = await target.call("alpha", `${base}/bulk`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const items = (await response.json()) as { key: string; data?: unknown; etag?: string }[];
    expect(items.find((item) => item.key === key)).toMatchObject({ data: 1, etag: expect.any(String) });
    expect(items.find((item) => item.key === "not-there")?.data ?? null).toBeNull();
  });

  it("forgets a value when its time is over", async () => {
    const key = randomUUID();
    await save({ key, value: 1, metadata: { ttlInSeconds: "1" } });
    expect((await get(key)).status).toBe(200);
    await until(async () => expect((await get(key)).status).toBe(204));
  });

  it("shows no service another's", async () => {
    const key = randomUUID();
    await save({ key, value: 1 });
    expect((await get(key, "beta")).status).toBe(204);
  });

  it("knows no other store", async () => {
    const response = await target.call("alpha", "/v1.0/state/nothing/x");
    expect(response.status).toBe(400);
    expect(await errorCode(response)).toBe("ERR_STATE_STORE_NOT_FOUND");
  });
});

describe("secrets", () => {
  const secret = (name: string, store: string = components.secretstore) =>
    target.call("alpha", `/v1.0/secrets/${store}/${name}`);

  it("are shown to the service that lists them", async () => {
    expect(await (await secret("known")).json()).toEqual({ known: "the value" });
    expect(await (await secret("bulk")).json()).toEqual({ known: { known: "the value" } });
  });

  it("are denied to every other", async () => {
    const response = await secret("foreign");
    expect(response.status).toBe(403);
    expect(await errorCode(response)).toBe("ERR_PERMISSION_DENIED");
  });

  it("that nobody gave are an error that says so", async () => {
    const response = await secret("absent");
    expect(response.status).toBe(500);
    expect((await response.json()) as object).toMatchObject({
      errorCode: "ERR_SECRET_GET",
      message: expect.stringContaining("not found"),
    });
  });

  it("of a store that is not there are an error", async () => {
    const response = await secret("known", "nothing");
    expect(response.status).toBe(401);
    expect(await errorCode(response)).toBe("ERR_SECRET_STORE_NOT_FOUND");
  });
});

describe("jobs", () => {
  const job = (name: string, init: RequestInit = {}) => target.call("alpha", `/v1.0/jobs/${name}`, init);
  const schedule = (name: string, spec: object) =>
    job(name, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(spec) });
  const policy = { failurePolicy: { constant: { interval: "1s" } }, overwrite: true, data: { n: 1 } };
  const calls = (name: string) => apps.alpha.at(`/job/${name}`);

  it("fire once, when they are due and not before", async () => {
    const name = `timer-${randomUUID()}`;
    const due = Date.now() + 1_200;
    expect((await schedule(name, { ...policy, dueTime: new Date(due).toISOString() })).status).toBe(204);
    expect((await job(name)).status).toBe(200);
    let at = 0;
    apps.alpha.answerWith((received, response) => {
      at = Date.now();
      json(200, {})(received, response);
    });
    await until(() => expect(calls(name)).toHaveLength(1));
    expect(at).toBeGreaterThanOrEqual(due - 5);
    expect(calls(name)[0]).toMatchObject({ method: "POST", headers: { "dapr-api-token": APP_TOKEN } });
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(calls(name)).toHaveLength(1);
  });

  it("that are due already fire at once", async () => {
    const name = `timer-${randomUUID()}`;
    await schedule(name, { ...policy, dueTime: new Date(Date.now() - 60_000).toISOString() });
    await until(() => expect(calls(name)).toHaveLength(1));
  });

  it("are fired again until they succeed", async () => {
    const name = `timer-${randomUUID()}`;
    let tries = 0;
    apps.alpha.answerWith((received, response) => json(++tries < 3 ? 500 : 200, {})(received, response));
    await schedule(name, { ...policy, dueTime: "1s" });
    await until(() => expect(calls(name)).toHaveLength(3));
  });

  it("count a 404 as done", async () => {
    const name = `timer-${randomUUID()}`;
    apps.alpha.answerWith(json(404, {}));
    await schedule(name, { ...policy, dueTime: "1s" });
    await until(() => expect(calls(name)).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(calls(name)).toHaveLength(1);
  });

  it("that are deleted do not fire; deleting what is not there is no error", async () => {
    const name = `timer-${randomUUID()}`;
    await schedule(name, { ...policy, dueTime: "2s" });
    expect((await job(name, { method: "DELETE" })).status).toBe(204);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(calls(name)).toHaveLength(0);
    const again = await job(name, { method: "DELETE" });
    expect([204, 500]).toContain(again.status);
  });

  it("that are scheduled anew fire at their new time alone", async () => {
    const name = `timer-${randomUUID()}`;
    await schedule(name, { ...policy, dueTime: "60s" });
    await schedule(name, { ...policy, dueTime: "1s" });
    await until(() => expect(calls(name)).toHaveLength(1));
  });
});
