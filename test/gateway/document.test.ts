import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { httpApi, json, operation } from "#contracts/http/define";
import { uuid } from "#contracts/primitives";
import type { ApiDocument } from "#services/gateway/http/openapi";
import { publicOperations } from "#services/gateway/http/public-operations";
import { describeSchema } from "#services/gateway/http/schema-text";
import { service as gateway } from "#services/gateway/service";
import { startSystem, type TestSystem } from "#test/kit/support/harness";
import { Visitor } from "./support.ts";

let system: TestSystem;
let document: ApiDocument;

beforeAll(async () => {
  system = await startSystem([gateway], { env: { gateway: { VERSION: "1.2.3" } } });
  document = (await (await new Visitor(system).get("/api/openapi.json")).json()) as ApiDocument;
});
afterAll(() => system.stop());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, of]) => Object.values(of).map((one) => ({ path, ...one })));

function refsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(refsIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "$ref" && typeof inner === "string" ? [inner] : refsIn(inner),
  );
}

describe("the OpenAPI document", () => {
  test("has every public operation of every service once, and no internal one", () => {
    expect(document.openapi).toBe("3.1.1");
    expect(document.info).toMatchObject({ version: "1.2.3" });
    const paths = Object.keys(document.paths);
    for (const { operation: one } of publicOperations())
      expect(paths).toContain(`/api${one.path.replace(/:(\w+)/g, "{$1}")}`);
    expect(paths).toEqual(
      expect.arrayContaining(["/api/auth/sign-up/email", "/api/me", "/api/export", "/api/account"]),
    );
    expect(paths.filter((path) => !path.startsWith("/api/"))).toEqual([]);
    expect(paths).not.toContain("/api/v1/export");
    const ids = operations().map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("refers to nothing that is not there", () => {
    const targets = refsIn(document).map((ref) => ref.replace("#/", "").split("/"));
    expect(targets.length).toBeGreaterThan(50);
    for (const target of targets) {
      const found = target.reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
      expect([target.join("/"), typeof found]).toEqual([target.join("/"), "object"]);
    }
  });

  test("says which operations need a session", () => {
    const open = operations()
      .filter(({ security }) => security.length === 0)
      .map(({ operationId }) => operationId);
    expect(open).toContain("gateway.signIn");
    expect(open.every((id) => id.startsWith("gateway."))).toBe(true);
    expect(open).not.toContain("gateway.me");
    expect(document.components.securitySchemes).toMatchObject({
      session: { in: "cookie", name: "todo.session_token" },
    });
  });

  test("cannot be made of services that offer the same", () => {
    const get = operation({ method: "get", path: "/v1/things", summary: "Things", responses: { 200: json(uuid) } });
    const api = (service: string) => httpApi({ service, title: service, version: "1.0.0", operations: { get } });
    expect(() => publicOperations([api("one"), api("two")])).toThrow('both one and two offer "get /v1/things"');
  });
});

describe("the API page", () => {
  test("shows every operation, loads nothing and runs nothing", async () => {
    const response = await new Visitor(system).get("/api/docs");
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const page = await response.text();
    for (const { path, operationId, method } of operations().map((one) => ({ method: "", ...one })))
      expect([path, operationId, method, page.includes(`>${path}<`), page.includes(`id="${operationId}"`)]).toEqual([
        path,
        operationId,
        method,
        true,
        true,
      ]);
    expect(page).not.toMatch(/<script|<link|<img|src=|https?:/i);
    expect(page).not.toMatch(/\[object |undefined|NaN/);
    const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    expect(response.headers.get("content-security-policy")).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
  });

  test("says types as people write them", () => {
    const text = (schema: unknown) => describeSchema(document, schema);
    expect(text({ type: "string", maxLength: 5 })).toBe("string (at most 5 characters)");
    expect(text({ anyOf: [{ type: "string", format: "date" }, { type: "null" }] })).toBe("date | null");
    expect(text({ type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER })).toBe("integer (at least 1)");
    expect(text({ $ref: "#/components/schemas/Settings" })).toContain("dayStart: string");
    expect(text({ type: "object", properties: { a: { enum: ["x", "y"], default: "x" } } })).toBe(
      '{\n  a?: "x" | "y", default "x"\n}',
    );
  });
});

test("health says that the gateway answers, and which version", async () => {
  const response = await new Visitor(system).get("/api/health");
  expect(await response.json()).toEqual({ status: "ok", version: "1.2.3" });
});
