import { describe, expect, test } from "@jest/globals";
import { typesOf } from "./widgets.ts";

describe("the types of a kind", () => {
  test("hold what an author writes: no apiVersion, kind, metadata or status", async () => {
    const types = await typesOf({ size: { type: "integer" } });
    expect(types).toContain("export interface Widget {\n  spec: WidgetSpec;\n}");
    expect(types).not.toMatch(/apiVersion|metadata|status|ready/);
  });

  test("carry no description", async () => {
    const types = await typesOf({ size: { type: "integer", description: "How large it is, in words." } });
    expect(types).not.toMatch(/sentence|How large/);
    expect(types).not.toContain("/*");
  });

  test("accept an explicit undefined for an optional field and none for a required one", async () => {
    const types = await typesOf({ color: { type: "string" }, size: { type: "integer" } }, ["size"]);
    expect(types).toContain("  color?: string | undefined;\n  size: number;\n");
  });

  test("let a required field be left out when the schema has a default for it", async () => {
    const types = await typesOf({ size: { type: "integer", default: 3 } }, ["size"]);
    expect(types).toContain("size?: number | undefined;");
  });

  test("say int-or-string as number or string", async () => {
    const types = await typesOf({
      port: { anyOf: [{ type: "integer" }, { type: "string" }], "x-kubernetes-int-or-string": true },
    });
    expect(types).toContain("port?: number | string | undefined;");
  });

  test("keep the values of an enum, of texts and of numbers", async () => {
    const types = await typesOf(
      { mode: { type: "string", enum: ["Fast", "Slow", "on"] }, code: { type: "integer", enum: [301, 302] } },
      ["mode", "code"],
    );
    expect(types).toContain('mode: "Fast" | "Slow" | "on";');
    expect(types).toContain("code: 301 | 302;");
  });

  test("let a nullable field be null, once", async () => {
    const types = await typesOf(
      {
        at: { type: "string", format: "date-time", nullable: true },
        mode: { type: "string", enum: ["A", null], nullable: true },
      },
      ["at", "mode"],
    );
    expect(types).toContain("at: string | null;");
    expect(types).toContain('mode: "A" | null;');
  });

  test("allow unknown fields only where the schema preserves them", async () => {
    const closed = await typesOf({ part: { type: "object", properties: { name: { type: "string" } } } });
    expect(closed).not.toContain("[k: string]");
    const open = await typesOf({
      free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
      half: {
        type: "object",
        "x-kubernetes-preserve-unknown-fields": true,
        properties: { name: { type: "string" } },
      },
      any: { "x-kubernetes-preserve-unknown-fields": true },
      labels: { type: "object", additionalProperties: { type: "string" } },
      empty: { type: "object" },
    });
    expect(open).toContain("any?: unknown;");
    expect(open).toContain("empty?: Record<string, never> | undefined;");
    expect(open).toMatch(/free\?:\s*\| {\s*\[k: string\]: unknown;\s*}\s*\| undefined;/);
    expect(open).toMatch(/labels\?:\s*\| {\s*\[k: string\]: string;\s*}\s*\| undefined;/);
    expect(open).toContain(
      "export interface WidgetSpecHalf {\n  name?: string | undefined;\n  [k: string]: unknown;\n}",
    );
  });

  test("name the objects inside lists of lists after their path, whatever limits the lists have", async () => {
    const cell = { type: "object", required: ["x"], properties: { x: { type: "integer" } } };
    const types = await typesOf({
      rows: { type: "array", minItems: 1, maxItems: 3, items: { type: "array", items: cell } },
    });
    expect(types).toContain("rows?: WidgetSpecRows[][] | undefined;");
    expect(types).toContain("export interface WidgetSpecRows {\n  x: number;\n}");
  });

  test("give objects with the same fields one name, the shallowest, and objects that differ their own", async () => {
    const secret = { type: "object", properties: { name: { type: "string" } } };
    const types = await typesOf({
      tls: { type: "object", properties: { key: { ...secret, description: "Another text." } } },
      auth: secret,
      other: { ...secret, required: ["name"] },
    });
    expect(types).toContain("key?: WidgetSpecAuth | undefined;");
    expect(types).toContain("export interface WidgetSpecOther {\n  name: string;\n}");
    expect(types).not.toContain("WidgetSpecTlsKey");
  });

  test("ignore the parts of a schema that only restrict values", async () => {
    const types = await typesOf({
      part: {
        type: "object",
        properties: { a: { type: "string" }, b: { type: "string" } },
        oneOf: [{ required: ["a"] }, { required: ["b"] }],
        "x-kubernetes-validations": [{ rule: "has(self.a)" }],
      },
    });
    expect(types).toContain(
      "export interface WidgetSpecPart {\n  a?: string | undefined;\n  b?: string | undefined;\n}",
    );
  });

  test("keep two names apart that would read the same", async () => {
    const part = (type: string) => ({ type: "object", properties: { v: { type } } });
    const types = await typesOf({ "a-b": part("string"), aB: part("integer") });
    expect(types).toContain('"a-b"?: WidgetSpecAB | undefined;');
    expect(types).toContain("aB?: WidgetSpecAB2 | undefined;");
  });
});
