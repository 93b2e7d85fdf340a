import { afterAll, beforeAll, expect, test } from "@jest/globals";
import pg from "pg";
import { service as gateway } from "#services/gateway/service";
import { service as tasks } from "#services/tasks/service";
import { eventually, startSystem, type TestSystem } from "#test/kit/support/harness";
import { testCluster } from "#test/kit/support/postgres";
import { newEmail, PASSWORD, problemCode, signUp, Visitor } from "./support.ts";

let system: TestSystem;
let admin: pg.Client;

beforeAll(async () => {
  system = await startSystem([gateway, tasks]);
  admin = new pg.Client(await testCluster());
  await admin.connect();
});
afterAll(async () => {
  await system.stop();
  await admin.end();
});

/** A role that may not log in sees what the gateway sees of a database that is away. */
async function whileAway(work: () => Promise<void>): Promise<void> {
  const { username } = new URL(system.databaseUrl("gateway"));
  await admin.query(`alter role ${pg.escapeIdentifier(username)} nologin`);
  await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", [username]);
  try {
    await work();
  } finally {
    await admin.query(`alter role ${pg.escapeIdentifier(username)} login`);
  }
}

test("without its database the gateway serves who is known, turns nobody away for good, and recovers by itself", async () => {
  const { visitor, email } = await signUp(system);
  await visitor.get("/api/me");
  const stranger = new Visitor(system);
  await stranger.post("/api/auth/sign-in/email", { email, password: PASSWORD });

  await whileAway(async () => {
    expect((await visitor.post("/api/v1/tasks", { title: "Meanwhile" })).status).toBe(201);
    const unavailable = [
      await visitor.get("/api/me"),
      await visitor.get("/api/export"),
      await stranger.get("/api/v1/tasks"),
      await stranger.get("/api/auth/get-session"),
      await new Visitor(system).post("/api/auth/sign-in/email", { email, password: PASSWORD }),
      await new Visitor(system).post("/api/auth/sign-up/email", { name: "Ada", email: newEmail(), password: PASSWORD }),
      await visitor.send("DELETE", "/api/account"),
    ];
    expect(unavailable.map(({ status }) => status)).toEqual(unavailable.map(() => 503));
    for (const answer of unavailable) expect(await problemCode(answer)).toBe("unavailable");
    expect((await system.request("gateway", "/healthz")).status).toBe(200);
    expect((await system.request("gateway", "/readyz")).status).toBe(503);
  });

  await eventually(async () => expect((await system.request("gateway", "/readyz")).status).toBe(200));
  expect((await stranger.get("/api/v1/tasks")).status).toBe(200);
  expect(await (await visitor.get("/api/v1/tasks")).json()).toMatchObject({ items: [{ title: "Meanwhile" }] });
});
