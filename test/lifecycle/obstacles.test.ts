import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { compared } from "#lifecycle/description";
import { sourceCommit } from "#lifecycle/image-source";
import { obstaclesOf } from "#lifecycle/obstacles";
import { History } from "./history.ts";

const TOPIC = "task-events";
const CREATED = "dev.todo.task.created.v1";
let history: History;
beforeEach(() => {
  history = new History();
});
afterEach(() => history.remove());

const commit = (message: string, files: Readonly<Record<string, string>> = {}): string =>
  history.commit(Date.UTC(2026, 10, 21) / 1000, message, files);

const digest = (seed: number): string => `sha256:${seed.toString(16).padStart(64, "0")}`;
const pins = (environment: string, images: Readonly<Record<string, string>>): Record<string, string> => ({
  [`config/images/${environment}.json`]: JSON.stringify(images),
});
/** Pins an image as CI does. */
const bump = (images: Readonly<Record<string, string>>, source: string, environment = "dev"): string =>
  commit(`feat(${environment}): bump\n\nArgocd-reference-commit-sha: ${source}`, pins(environment, images));

const migrations = (
  service: string,
  ...all: (readonly [name: string, takesAway?: string])[]
): Record<string, string> => ({
  "docs/api/migrations.json": JSON.stringify({
    [service]: all.map(([name, takesAway = null]) => ({ name, takesAway, statements: [] })),
  }),
});
const events = (types: Readonly<Record<string, object>>): Record<string, string> => ({
  "docs/api/events.json": JSON.stringify({
    attributes: {},
    topics: { [TOPIC]: { key: "taskId", types } },
    schemas: {},
  }),
});
const api = (service: string, ...paths: readonly string[]): Record<string, string> => ({
  [`docs/api/openapi-${service}.json`]: JSON.stringify({
    openapi: "3.1.0",
    paths: Object.fromEntries(paths.map((path) => [path, { get: { responses: { 200: { description: "ok" } } } }])),
  }),
});
const text = (schema: object): object => ({
  type: "object",
  properties: { title: { type: "string", ...schema } },
  required: ["title"],
});

const none = compared(["now", new Map()], ["then", new Map()]);
const inTheWay = (from: string, to: string, services: readonly string[] | null = null, environment = "dev"): string[] =>
  obstaclesOf({ repository: history.repository, environment, services, from, to, report: none });

describe("the commit that an image was built from", () => {
  test("is the one that its tag names", () => {
    const source = commit("feat: source");
    commit("feat: more");
    const pin = `main-${source}@${digest(1)}`;
    expect(sourceCommit(history.repository, commit("feat: pin", pins("dev", { tasks: pin })), pin)).toBe(source);
  });

  test("is the one that its first bump names, wherever it was promoted to since", () => {
    const source = commit("feat: source");
    commit("feat: more");
    const pin = `v1@${digest(1)}`;
    bump({ tasks: pin }, source);
    const promotion = commit("feat(staging): promote", pins("staging", { tasks: pin }));
    expect(sourceCommit(history.repository, promotion, pin)).toBe(source);
  });

  test("is no younger than the commit that first pinned it, where nothing here says more", () => {
    const pin = `v1@${digest(1)}`;
    const first = commit("feat: pin", pins("dev", { tasks: pin }));
    const later = commit("feat: more");
    expect(sourceCommit(history.repository, later, pin)).toBe(first);
    const foreign = `main-${"f".repeat(40)}@${digest(2)}`;
    const bumped = bump({ tasks: foreign }, "e".repeat(40));
    expect(sourceCommit(history.repository, bumped, foreign)).toBe(bumped);
  });
});

describe("a migration that took something away", () => {
  const OLD = { tasks: `v1@${digest(1)}` };
  const NEW = { tasks: `v2@${digest(2)}` };
  let to: string;
  beforeEach(() => {
    to = bump(OLD, commit("feat: start", migrations("tasks", ["0001_tasks"])));
  });

  test("stands in the way, for its service and for the whole", () => {
    const from = bump(NEW, commit("feat: contract", migrations("tasks", ["0001_tasks"], ["0002_notes", "the notes"])));
    const said = ["tasks: its migration 0002_notes took away what the earlier release needs (the notes)"];
    expect(inTheWay(from, to)).toEqual(said);
    expect(inTheWay(from, to, ["tasks"])).toEqual(said);
    expect(inTheWay(from, to, ["chat"])).toEqual([]);
  });

  test("does not where the earlier release had it, or it only adds", () => {
    const between = bump(
      NEW,
      commit("feat: contract", migrations("tasks", ["0001_tasks"], ["0002_notes", "the notes"])),
    );
    const last = commit("feat: add", migrations("tasks", ["0001_tasks"], ["0002_notes", "the notes"], ["0003_more"]));
    expect(inTheWay(bump({ tasks: `v3@${digest(3)}` }, last), between)).toEqual([]);
  });

  test("does not while it is only on the branch, not in a released image", () => {
    bump(NEW, commit("feat: expand", migrations("tasks", ["0001_tasks"], ["0002_more"])));
    const from = commit(
      "feat: contract",
      migrations("tasks", ["0001_tasks"], ["0002_more"], ["0003_notes", "the notes"]),
    );
    expect(inTheWay(from, to)).toEqual([]);
  });

  test("stands in the way although the branch knew it already when the earlier release ran", () => {
    const source = commit("feat: contract", migrations("tasks", ["0001_tasks"], ["0002_notes", "the notes"]));
    const before = commit("docs: meanwhile");
    expect(inTheWay(bump(NEW, source), before)).toEqual([expect.stringContaining("0002_notes")]);
  });

  test("counts for each environment by itself", () => {
    const staging = bump(OLD, to, "staging");
    bump(NEW, commit("feat: contract", migrations("tasks", ["0001_tasks"], ["0002_notes", "the notes"])));
    const from = commit("feat(staging): other", pins("staging", { ...OLD, chat: `v1@${digest(9)}` }));
    expect(inTheWay(from, staging, null, "staging")).toEqual([]);
  });

  test("of the kit counts for every service", () => {
    const from = bump(NEW, commit("feat(kit): contract", migrations("kit", ["0001_inbox", "the inbox of old"])));
    expect(inTheWay(from, to)).toEqual([expect.stringContaining("tasks: its migration 0001_inbox took away")]);
  });
});

describe("events that were written since", () => {
  const OLD = { tasks: `v1@${digest(1)}`, audit: `v1@${digest(2)}` };
  const NEW = { tasks: `v2@${digest(3)}`, audit: `v2@${digest(4)}` };

  test("stand in the way where a consumer of then does not read them", () => {
    const to = bump(OLD, commit("feat: start", events({ [CREATED]: text({ maxLength: 5 }) })));
    const from = bump(NEW, commit("feat: longer", events({ [CREATED]: text({}) })));
    expect(inTheWay(from, to)).toEqual([
      `audit: the earlier release does not read ${CREATED} as tasks writes it: title maxLength is 5 before, not set now`,
    ]);
    // What is in the topic stays there when only its producer goes back.
    expect(inTheWay(from, to, ["audit"])).toHaveLength(1);
  });

  test("do not where they have a field more, or are of a type that was not there", () => {
    const to = bump(OLD, commit("feat: start", events({ [CREATED]: text({}) })));
    const more = { ...text({}), properties: { title: { type: "string" }, place: { type: "string" } } };
    const from = bump(NEW, commit("feat: more", events({ [CREATED]: more, "dev.todo.task.created.v2": text({}) })));
    expect(inTheWay(from, to)).toEqual([]);
  });
});

describe("what was released since and stays", () => {
  const OLD = { tasks: `v1@${digest(1)}`, chat: `v1@${digest(2)}`, audit: `v1@${digest(3)}` };
  const NEW = { tasks: `v2@${digest(4)}`, chat: `v2@${digest(5)}`, audit: `v2@${digest(6)}` };

  test("stands in the way of what it may call, unless it goes back too", () => {
    const to = bump(OLD, commit("feat: start", api("tasks", "/v1/tasks")));
    const from = bump(NEW, commit("feat: tags", api("tasks", "/v1/tasks", "/v1/tags")));
    expect(inTheWay(from, to, ["tasks"])).toEqual([
      "tasks: chat, released since, may need GET /v1/tags, which is gone in the earlier release; go back without --service",
    ]);
    expect(inTheWay(from, to)).toEqual([]);
    const alone = bump({ ...NEW, chat: OLD.chat, audit: OLD.audit }, from);
    expect(inTheWay(alone, to, ["tasks"])).toEqual([]);
  });

  test("stands in the way of a producer whose events it no longer reads", () => {
    const to = bump(OLD, commit("feat: start", events({ [CREATED]: text({}) })));
    const from = bump(NEW, commit("feat: retire", events({ "dev.todo.task.created.v2": text({}) })));
    expect(inTheWay(from, to, ["tasks"])).toEqual([
      `tasks: audit, released since, no longer reads ${CREATED}; go back without --service`,
    ]);
    const shorter = bump(
      { ...NEW, audit: `v3@${digest(7)}` },
      commit("feat: shorter", events({ [CREATED]: text({ maxLength: 5 }) })),
    );
    expect(inTheWay(shorter, to, ["tasks"])).toEqual([
      `tasks: audit, released since, does not read ${CREATED} of the earlier release: title maxLength is 5 now, not set before; go back without --service`,
    ]);
  });
});

test("a record that is no document is an error, not a free way", () => {
  const to = bump({ tasks: `v1@${digest(1)}` }, commit("feat: start", { "docs/api/migrations.json": "<<<" }));
  const from = bump({ tasks: `v2@${digest(2)}` }, commit("feat: more"));
  expect(() => inTheWay(from, to)).toThrow(/docs\/api\/migrations\.json of .* is no JSON document/);
});
