import { describe, expect, it } from "@jest/globals";
import { manualClock } from "#kit/clock";
import { realtimeService } from "./support.ts";

const clock = manualClock(new Date());
const { authorized, base, connect, deliver, newUser, open, post, remove, system, ticket } = realtimeService(
  {},
  { clock },
);

const TICKET_GONE = 4001;

describe("the position", () => {
  const read = (user: string) => authorized(user, "/v1/realtime/position");

  it("is where the feed stands: who comes with it is told what happened since, and no more", async () => {
    const user = newUser();
    expect(await (await read(user)).json()).toEqual({ seq: 0 });
    await remove(user);
    await remove(user);
    const { seq } = (await (await read(user)).json()) as { seq: number };
    expect(seq).toBe(2);
    await remove(user);
    const client = await connect(user, { last: seq });
    await client.until(({ frames }) => frames.length === 2);
    expect(client.frames[0]).toEqual({ type: "ready", seq: 3 });
    expect(client.seqs).toEqual([3]);
  });

  it("is for who is signed in, and not of an account that was erased", async () => {
    expect((await fetch(`${base()}/v1/realtime/position`)).status).toBe(401);
    const user = newUser();
    await remove(user);
    const deleted = { userId: user, deletedAt: clock.now().toISOString() };
    expect(await deliver("user-events", "dev.todo.user.deleted.v1", user, deleted)).toBe("SUCCESS");
    expect((await read(user)).status).toBe(401);
  });
});

describe("a ticket", () => {
  it("is given to who is signed in", async () => {
    const { ticket: text, expiresAt } = await ticket("alice");
    expect(text).toMatch(/^[\w-]{43}$/);
    expect(Date.parse(expiresAt) - clock.now().getTime()).toBe(30_000);
    const response = await fetch(`${base()}/v1/realtime/tickets`, { method: "POST" });
    expect(response.status).toBe(401);
  });

  it("opens one connection", async () => {
    const { ticket: text } = await ticket("alice");
    await open(`?ticket=${text}`).ready();
    expect(await open(`?ticket=${text}`).closed).toBe(TICKET_GONE);
  });

  it("that several use at once lets one in", async () => {
    for (let round = 0; round < 5; round++) {
      const user = newUser();
      const { ticket: text } = await ticket(user);
      const clients = Array.from({ length: 8 }, () => open(`?ticket=${text}`));
      const outcomes = await Promise.all(
        clients.map((client) =>
          Promise.race([
            client.ready().then(
              () => "in",
              () => "out",
            ),
            client.closed,
          ]),
        ),
      );
      expect(outcomes.filter((outcome) => outcome === "in")).toHaveLength(1);
    }
  });

  it("is for the user it was given to", async () => {
    const [owner, other] = [newUser(), newUser()];
    const client = await (await connect(owner)).ready();
    await remove(other);
    await remove(owner);
    await client.until(({ events }) => events.length > 0);
    expect(client.events.map(({ data }) => (data as { userId: string }).userId)).toEqual([owner]);
  });

  it("is too old after 30 seconds", async () => {
    const { ticket: text } = await ticket("alice");
    clock.advance(30_000);
    expect(await open(`?ticket=${text}`).closed).toBe(TICKET_GONE);
  });

  it("that nobody gave opens nothing", async () => {
    expect(await open(`?ticket=${"a".repeat(43)}`).closed).toBe(TICKET_GONE);
    expect(await open("?ticket=a").closed).toBe(TICKET_GONE);
    expect(await open(`?ticket=${encodeURIComponent("../../")}`).closed).toBe(TICKET_GONE);
  });
});

describe("the API", () => {
  it("is told as OpenAPI", async () => {
    const document = (await (await fetch(`${base()}/v1/openapi.json`)).json()) as { paths: object };
    expect(Object.keys(document.paths)).toEqual(["/v1/realtime/tickets", "/v1/realtime/position", "/v1/export"]);
  });

  it("exports what is kept of the user, and nothing of others", async () => {
    const [owner, other] = [newUser(), newUser()];
    for (const user of [owner, other, owner]) await remove(user);
    const token = await system().tokenFor(owner, { audience: "realtime" });
    const response = await fetch(`${base()}/v1/export`, { headers: { authorization: `Bearer ${token}` } });
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const lines = (await response.text()).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { seq: 1, data: { userId: owner } },
      { seq: 2, data: { userId: owner } },
    ]);
  });

  it("takes no token of another audience", async () => {
    const token = await system().tokenFor("alice", { audience: "tasks" });
    const response = await fetch(`${base()}/v1/realtime/tickets`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(401);
    expect((await post("/v1/realtime/tickets", "alice")).status).toBe(201);
  });
});
