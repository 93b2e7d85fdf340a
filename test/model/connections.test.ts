import { describe, expect, test } from "@jest/globals";
import { environments } from "#environments";
import { connectionUses } from "#model/connections";
import { managedPostgres } from "#model/provider-services";
import { todo } from "#system";

const held = (...parameters: Parameters<typeof connectionUses>): number =>
  connectionUses(...parameters).reduce((sum, { connections }) => sum + connections, 0);

const { dev, staging, "prod-gke": gke } = environments;

describe("connections to PostgreSQL", () => {
  test("are every replica's pool and session where nothing pools", () => {
    const withoutPooler = { ...gke, postgres: managedPostgres({ host: "db", port: 5432, maxConnections: 500 }) };
    const replicas = 10 + 10 + 10 + 6 + 6 + 6 + 10 + 7;
    const stateStore = (10 + 10 + 2) * 4;
    expect(held(todo, withoutPooler)).toBe(replicas * 6 + stateStore + 7 + 5);
  });

  test("are bounded by a pooler, beside which sessions still count", () => {
    const replicas = 58 + 7;
    expect(held(todo, staging, 100)).toBe(100 + replicas + 7 + 5);
    const pooled = managedPostgres({ host: "db", port: 5432, pooler: { host: "db", port: 6432 }, maxConnections: 500 });
    expect(held(todo, { ...gke, postgres: pooled })).toBe(8 * 20 + replicas + 7 + 5);
  });

  test("are those of one replica and its successor on a single node", () => {
    expect(held(todo, dev)).toBe(7 * 2 * 6 + 7 + 5);
  });
});
