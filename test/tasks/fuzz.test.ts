import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type OpenApi, requestsOf } from "#test/support/openapi-requests";
import { tasksService } from "./support.ts";

const { system, create, list } = tasksService();

const MARKER = "property-of-victoria";

describe("every operation", () => {
  let document: OpenApi;
  let ids: string[] = [];
  const theirs: string[] = [];
  beforeAll(async () => {
    document = (await (await system().request("tasks", "/v1/openapi.json")).json()) as OpenApi;
    for (let i = 0; i < 5; i++) {
      theirs.push((await create({ title: `${MARKER} ${i}`, tags: [MARKER], notes: MARKER }, "victoria")).id);
      ids.push((await create({ title: `mine ${i}`, due: "2026-12-01" }, "mallory")).id);
    }
    ids = [...ids, ...theirs];
  });

  it("answers anything with what its contract says, and with nothing of anybody else", async () => {
    const requests = fc.record({
      request: requestsOf(document, { ids, words: [MARKER] }),
      approval: fc.option(fc.uuid()),
    });
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(requests, async ({ request: { method, address, headers, body }, approval }) => {
        const token = await system().tokenFor("mallory", { audience: "tasks", ...(approval ? { approval } : {}) });
        const response = await system().request("tasks", address, {
          method,
          headers: { ...headers, authorization: `Bearer ${token}` },
          ...(body === undefined ? {} : { body }),
        });
        const text = await response.text();
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        if (response.status >= 500)
          throw new Error(`${method} ${address} was answered with ${response.status}: ${text}`);
        for (const id of theirs) expect(text).not.toContain(id);
      }),
      { numRuns: 600 },
    );
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 404]));
    const { body } = await list("status=all&sort=created", "victoria");
    expect(body.items.map(({ id, version }) => [id, version])).toEqual(theirs.map((id) => [id, 1]));
  }, 60_000);
});
