import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { migrate } from "#kit/database/migrations";
import { startCluster } from "#local/postgres/cluster";
import { provision } from "#local/postgres/provision";
import { schemaName } from "#model/names";
import { migrations } from "#services/audit/data/migrations";
import { todo } from "#system";
import { auditService, cloudEvent, taskEvent, taskIds, taskOf } from "./support.ts";

const { db, deliver, newUser, sealed, system, tell } = auditService();

const root = join(import.meta.dirname, "../..");

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (command: string, args: readonly string[], url?: string): Promise<Ended> =>
  new Promise((resolve) => {
    const { DATABASE_URL: _, ...environment } = process.env;
    const env = { ...environment, ...(url === undefined ? {} : { DATABASE_URL: url }) };
    execFile(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", join(root, "src/cli", `${command}.ts`), ...args],
      { cwd: root, env },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });

const verify = (...args: string[]) => run("audit-verify", args, system().databaseUrl("audit"));
const replay = (...args: string[]) => run("audit-replay", args, system().databaseUrl("audit"));

describe("audit:verify", () => {
  it("says that all is whole, and which seal to keep", async () => {
    const [user, other] = [newUser(), newUser()];
    for (const owner of [user, user, other]) await tell("created", taskOf(), { user: owner });
    await sealed();
    const all = await verify();
    expect(all).toMatchObject({ code: 0, stderr: "" });
    expect(all.stdout).toMatch(/^whole: \d+ events of \d+ users; last seal (\d+:[0-9a-f]{64})\n$/);
    const [seal = ""] = /\d+:[0-9a-f]{64}/.exec(all.stdout) ?? [];
    expect(await verify("--anchor", seal)).toMatchObject({ code: 0 });
    expect(await verify("--user", user)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(new RegExp(`^whole: 2 events of user ${user}; head 2:[0-9a-f]{64}\n$`)),
    });
  });

  it("ends with 1 and one line a break, with a remedy", async () => {
    const [user, whole] = [newUser(), newUser()];
    for (let i = 0; i < 4; i++) await tell("created", taskOf(), { user });
    await tell("created", taskOf(), { user: whole });
    await sealed();
    await sql`update events set type = 'dev.todo.task.deleted.v1' where user_id = ${user} and sequence = 2`.execute(
      db(),
    );
    await sql`delete from payloads where user_id = ${user} and position =
      (select position from events where user_id = ${user} and sequence = 4)`.execute(db());
    for (const args of [[], ["--user", user]]) {
      const { code, stdout } = await verify(...args);
      expect(code).toBe(1);
      const lines = stdout.trimEnd().split("\n");
      expect(lines).toHaveLength(3);
      expect(lines[0]).toMatch(
        new RegExp(`^user ${user}, event 2: altered: event \\S+ is not what .*\\. restore .*\\.$`),
      );
      expect(lines[1]).toMatch(new RegExp(`^user ${user}, event 4: payload-missing: .*\\. restore .*\\.$`));
      expect(lines[2]).toMatch(/^broken/);
    }
    expect(await verify("--user", whole)).toMatchObject({ code: 0 });
    await sql`update events set type = 'dev.todo.task.created.v1' where user_id = ${user} and sequence = 2`.execute(
      db(),
    );
    const head = await verify("--anchor", `1:${"0".repeat(64)}`);
    expect(head).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("seal 1: seal-altered: the seal is not the one"),
    });
  });

  it("says in one line why it cannot look, and how to mend it", async () => {
    const closed = await run("audit-verify", [], "postgres://nobody:nothing@127.0.0.1:1/todo");
    expect(closed).toMatchObject({ code: 1, stdout: "" });
    expect(closed.stderr).toMatch(
      /^error: the database at 127\.0\.0\.1:1 does not answer: .*\. Start it, or mend DATABASE_URL\.\n$/,
    );
    const none = await run("audit-verify", ["--data", join(root, "test/audit/no-such-folder")]);
    expect(none).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: no database is running over .*npm start.*\n$/),
    });
    const other = new URL(system().databaseUrl("audit"));
    other.pathname = "/postgres";
    expect(await run("audit-verify", [], other.href)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: audit keeps nothing in .*\n$/),
    });
    expect(await verify("--user", "nobody-at-all")).toMatchObject({
      code: 1,
      stderr: 'error: nothing is kept of a user "nobody-at-all". Check the id.\n',
    });
    for (const args of [["--anchor", "1"], ["--nonsense"], ["--user", "a", "--anchor", `1:${"0".repeat(64)}`]]) {
      const { code, stderr } = await verify(...args);
      expect([code, stderr.trimEnd().split("\n").length]).toEqual([2, 1]);
    }
  });
});

describe("the laptop's database", () => {
  it("is found by its data folder while it runs, and missed when it does not", async () => {
    const folder = mkdtempSync(join(tmpdir(), "todo-audit-"));
    const dataDir = join(folder, "postgres");
    const cluster = await startCluster({ dataDir });
    try {
      const { urls } = await provision({
        adminUrl: cluster.adminUrl,
        database: todo.name,
        services: ["audit"],
        passwordOf: () => "test",
      });
      await migrate(urls.audit ?? "", schemaName("audit"), migrations, { applicationName: "test", onError: () => {} });
      expect(await run("audit-verify", ["--data", folder])).toMatchObject({
        code: 0,
        stdout: "whole: 0 events of 0 users\n",
      });
    } finally {
      await cluster.stop();
    }
    expect(await run("audit-verify", ["--data", folder])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: no database is running over .*npm start/),
    });
    for (const path of [folder, cluster.dataDir, `${cluster.dataDir}.password`]) {
      rmSync(path, { recursive: true, force: true });
    }
  });
});

describe("audit:replay", () => {
  const user = "replayed";
  const minute = (n: number): string => `2026-01-01T10:0${n}:00.000Z`;
  const task = taskOf();
  const events = [
    taskEvent("created", task, { user, time: minute(0) }),
    taskEvent("updated", { ...task, version: 2, title: "später" }, { user, time: minute(1) }),
    taskEvent("deleted", { ...task, version: 3 }, { user, time: minute(2) }),
  ];
  const lines = ({ stdout }: Ended) =>
    stdout
      .trimEnd()
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));

  it("prints what was recorded, as it came and in order, with its topic", async () => {
    for (const event of events) await deliver("task-events", event);
    const conversationId = taskIds.next();
    const chat = cloudEvent("dev.todo.chat.conversation_started.v1", { conversationId }, { user, time: minute(3) });
    await deliver("chat-events", chat);
    const all = await replay("--user", user);
    expect(all).toMatchObject({ code: 0, stderr: "4 events\n" });
    expect(lines(all)).toEqual([
      ...events.map((event) => ({ ...event, topic: "task-events" })),
      { ...chat, topic: "chat-events" },
    ]);
  });

  it("keeps to the range, the types and the user", async () => {
    const range = ["--from", minute(1), "--to", minute(2)];
    expect(lines(await replay(...range)).map(({ id }) => id)).toEqual([events[1]?.id]);
    const typed = await replay(
      "--type",
      "dev.todo.task.created.v1",
      "--type",
      "dev.todo.task.deleted.v1",
      "--user",
      user,
    );
    expect(lines(typed).map(({ id }) => id)).toEqual([events[0]?.id, events[2]?.id]);
    expect(lines(await replay("--user", "somebody-else"))).toEqual([]);
  });

  it("makes deliveries that are taken again where replays are accepted", async () => {
    const before = await db().selectFrom("events").select("id").execute();
    for (const { topic, ...event } of lines(await replay("--user", user, "--replay-id", "r1"))) {
      expect(event.replayid).toBe("r1");
      await deliver(topic, event);
    }
    expect(await db().selectFrom("events").select("id").execute()).toHaveLength(before.length);
    const accepted = await db().selectFrom("inbox").select("event_id").where("replay_id", "=", "r1").execute();
    expect(accepted).toHaveLength(4);
  });

  it("refuses what it does not understand", async () => {
    for (const args of [
      ["--from", "yesterday"],
      ["--type", "dev.todo.nothing.v1"],
    ]) {
      expect(await replay(...args)).toMatchObject({ code: 2, stdout: "" });
    }
  });
});
