import { describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { type UserBreak, verifyAll } from "#services/audit/verbs/verify";
import { auditService, cloudEvent, NOW, taskEvent, taskOf } from "./support.ts";

const { db, deliver, newUser, request, sealed, system, tell } = auditService();

const deleted = (user: string) =>
  cloudEvent("dev.todo.user.deleted.v1", { userId: user, deletedAt: NOW }, { user, subject: user, version: 9 });

const linksOf = (user: string) =>
  db()
    .selectFrom("events")
    .select(["sequence", "type", "hash"])
    .where("user_id", "=", user)
    .orderBy("sequence")
    .execute();

const breaks = async (): Promise<UserBreak[]> => {
  const found: UserBreak[] = [];
  await verifyAll(db(), { onBreak: (one) => found.push(one) });
  return found;
};

/** Every value of every row that audit keeps, as text. */
async function everything(): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = current_schema()`.execute(db());
  const texts: string[] = [];
  for (const { name } of rows) {
    const { rows: kept } = await sql<{ text: string }>`select t::text as text from ${sql.table(name)} as t`.execute(
      db(),
    );
    texts.push(...kept.map(({ text }) => text));
  }
  return texts.join("\n");
}

describe("a deleted account", () => {
  it("leaves its chain, a tombstone and nothing that can be read", async () => {
    const [user, other] = [newUser(), newUser()];
    const task = taskOf({ title: "a secret of mine", due: "2026-11-01" });
    await tell("created", task, { user });
    await tell("completed", { ...task, version: 2, status: "completed", completedAt: NOW }, { user });
    await tell("created", taskOf({ title: "somebody else's" }), { user: other });
    await sealed();
    const before = await linksOf(user);
    expect(await everything()).toContain("a secret of mine");

    await deliver("user-events", deleted(user));
    await sealed();

    const left = await everything();
    expect(left).not.toContain("a secret of mine");
    expect(left).not.toContain(task.id);
    expect(left).toContain("somebody else's");
    for (const table of ["payloads", "task_states", "activity"] as const) {
      expect(await db().selectFrom(table).selectAll().where("user_id", "=", user).execute()).toEqual([]);
    }
    const links = await linksOf(user);
    expect(links.slice(0, 2)).toEqual(before);
    expect(links[2]).toMatchObject({ sequence: 3, type: "dev.todo.user.deleted.v1" });
    expect(await db().selectFrom("tombstones").selectAll().where("user_id", "=", user).execute()).toHaveLength(1);
    expect(await breaks()).toEqual([]);
  });

  it("is no longer answered, on any path", async () => {
    const user = newUser();
    await tell("created", taskOf(), { user });
    await deliver("user-events", deleted(user));
    for (const path of ["/v1/audit/events", "/v1/audit/verification", "/v1/statistics", "/v1/export"]) {
      expect((await request(path, user)).status).toBe(401);
    }
  });

  it("keeps the place of events that come late, unreadable from the first", async () => {
    const user = newUser();
    const erasure = deleted(user);
    await deliver("user-events", erasure);
    const task = taskOf({ title: "too late" });
    const late = taskEvent("created", task, { user });
    for (const event of [late, late, { ...late, replayid: "1" }]) await deliver("task-events", event);
    await deliver("user-events", { ...erasure, replayid: "2" });
    await sealed();
    expect(await linksOf(user)).toMatchObject([{ sequence: 1 }, { sequence: 2 }]);
    expect(await everything()).not.toContain(task.id);
    expect(await breaks()).toEqual([]);
  });

  it("is erased whole while its events still arrive", async () => {
    const user = newUser();
    const arriving = Array.from({ length: 40 }, (_, i) =>
      taskEvent("created", taskOf({ title: `racing ${i}` }), { user }),
    );
    await Promise.all([
      ...arriving.slice(0, 20).map((event) => deliver("task-events", event)),
      deliver("user-events", deleted(user)),
      ...arriving.slice(20).map((event) => deliver("task-events", event)),
    ]);
    await sealed();
    expect(await linksOf(user)).toHaveLength(41);
    expect(await everything()).not.toContain("racing");
    expect(await breaks()).toEqual([]);
  });

  it("is not counted any more, while the sums of the system stay", async () => {
    const sums = async () => (await system().request("audit", "/metrics")).text();
    const user = newUser();
    await tell("created", taskOf(), { user });
    const before = /^todo_statistics_tasks_created (\S+)$/m.exec(await sums())?.[1];
    await deliver("user-events", deleted(user));
    expect(/^todo_statistics_tasks_created (\S+)$/m.exec(await sums())?.[1]).toBe(before);
  });
});
