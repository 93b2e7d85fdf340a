import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServerType, serve } from "@hono/node-server";
import { afterEach, describe, expect, test } from "@jest/globals";
import { Hono } from "hono";
import { readSchemas, registerSchemas, type Schema } from "#services/tools/register-schemas";

interface NewArtifact {
  readonly artifactId: string;
  readonly artifactType: string;
  readonly firstVersion: { readonly content: { readonly content: string; readonly contentType: string } };
}

/** Apicurio's answers to this one operation: `POST /groups/{groupId}/artifacts` of its API v3. */
function standIn(faults: number[] = []) {
  const contents = new Map<string, string[]>();
  const app = new Hono();
  let requests = 0;
  app.post("/apis/registry/v3/groups/:group/artifacts", async (context) => {
    requests++;
    const fault = faults.shift();
    if (fault) return context.json({ status: fault, title: `fault ${fault}` }, fault as 503);
    const { artifactId, artifactType, firstVersion } = await context.req.json<NewArtifact>();
    const { content, contentType } = firstVersion.content;
    if (artifactType !== "JSON" || contentType !== "application/json") {
      return context.json({ status: 400, title: "Invalid artifact type" }, 400);
    }
    try {
      JSON.parse(content);
    } catch {
      return context.json({ status: 422, title: "Syntax violation for JSON artifact." }, 422);
    }
    const groupId = context.req.param("group");
    const known = contents.get(`${groupId}/${artifactId}`) ?? [];
    if (known.length > 0 && context.req.query("ifExists") !== "FIND_OR_CREATE_VERSION") {
      return context.json({ status: 409, title: "The artifact exists" }, 409);
    }
    if (!known.includes(content)) known.push(content);
    contents.set(`${groupId}/${artifactId}`, known);
    const version = String(known.indexOf(content) + 1);
    return context.json({ artifact: { groupId, artifactId, artifactType }, version: { version, artifactId, groupId } });
  });
  return { app, contents, requests: () => requests };
}

const servers: ServerType[] = [];
const directories: string[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
});

const listen = ({ app }: ReturnType<typeof standIn>): Promise<string> =>
  new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}`),
    );
    servers.push(server);
  });

async function directory(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "schemas-"));
  directories.push(made);
  return made;
}

const schema = (content = '{"type":"object"}'): Schema => ({
  topic: "task-events",
  type: "dev.todo.task.created.v1",
  content,
});

describe("reading schemas", () => {
  test("reads a projected volume, which is links into a hidden folder", async () => {
    const mounted = await directory();
    await mkdir(join(mounted, "..2026", "reminders"), { recursive: true });
    await writeFile(join(mounted, "..2026", "reminders", "dev.todo.reminder.sent.v1.json"), "{}");
    await symlink("..2026", join(mounted, "..data"));
    await symlink(join("..data", "reminders"), join(mounted, "reminders"));
    expect(await readSchemas(mounted)).toEqual([
      { topic: "reminders", type: "dev.todo.reminder.sent.v1", content: "{}" },
    ]);
  });

  test("refuses an empty directory and one that is not there", async () => {
    await expect(readSchemas(await directory())).rejects.toThrow(/^no <topic>\/<type>\.json below /);
    await expect(readSchemas("/nowhere/at-all")).rejects.toThrow(/^cannot read \/nowhere\/at-all: /);
  });
});

describe("registering schemas", () => {
  test("creates an artifact in the topic's group, and registering again makes no new version", async () => {
    const registry = standIn();
    const address = await listen(registry);
    for (let run = 0; run < 2; run++) {
      expect(await registerSchemas([schema()], { registry: address })).toEqual([
        { topic: "task-events", type: "dev.todo.task.created.v1", version: "1" },
      ]);
    }
    expect([...registry.contents]).toEqual([["task-events/dev.todo.task.created.v1", ['{"type":"object"}']]]);
  });

  test("makes a version of a changed schema", async () => {
    const registry = standIn();
    const options = { registry: await listen(registry) };
    await registerSchemas([schema()], options);
    const [changed] = await registerSchemas([schema('{"type":"object","required":["id"]}')], options);
    expect(changed?.version).toBe("2");
  });

  test("tries again while the registry cannot answer", async () => {
    const registry = standIn([503, 429]);
    const options = { registry: await listen(registry), firstDelay: 1 };
    expect(await registerSchemas([schema()], options)).toHaveLength(1);
    expect(registry.requests()).toBe(3);
  });

  test("gives up after the last attempt, and at once where trying again is no use", async () => {
    const away = standIn([500, 500, 500]);
    const options = { registry: await listen(away), attempts: 3, firstDelay: 1 };
    await expect(registerSchemas([schema()], options)).rejects.toThrow(
      "cannot register task-events/dev.todo.task.created.v1: 500 fault 500",
    );
    expect(away.requests()).toBe(3);

    const strict = standIn();
    await expect(registerSchemas([schema("{")], { registry: await listen(strict) })).rejects.toThrow(/: 422 Syntax/);
    expect(strict.requests()).toBe(1);
  });

  test("says that nobody answers", async () => {
    const registry = standIn();
    const address = await listen(registry);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    await expect(registerSchemas([schema()], { registry: address, attempts: 2, firstDelay: 1 })).rejects.toThrow(
      /does not answer \(.*ECONNREFUSED/,
    );
  });

  test("does not take the answer of something else for a registration", async () => {
    const other = new Hono().post("*", (context) => context.json({}));
    const address = await listen({ ...standIn(), app: other });
    await expect(registerSchemas([schema()], { registry: address })).rejects.toThrow(/names no version/);
  });
});
