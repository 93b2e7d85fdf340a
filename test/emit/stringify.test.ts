import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { load, YAML11_SCHEMA } from "js-yaml";
import { parse as parseYaml } from "yaml";
import { stringify } from "#emit/stringify";
import { anyValue } from "./arbitrary.ts";

const runs = { numRuns: 1500 };

describe("readers of YAML take the text for the value it was made from", () => {
  const readers: Record<string, (text: string) => unknown> = {
    "yaml, version 1.2": (text) => parseYaml(text, { version: "1.2" }),
    "yaml, version 1.1 with merge keys": (text) => parseYaml(text, { version: "1.1", merge: true }),
    "js-yaml, core schema": (text) => load(text),
    "js-yaml, YAML 1.1 schema": (text) => load(text, { schema: YAML11_SCHEMA }),
  };
  test.each(Object.entries(readers))("%s", (_, read) => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(read(stringify(value))).toEqual(value);
      }),
      runs,
    );
  });
});

describe("the layout", () => {
  test("leads with what a reader looks for and sorts the rest", () => {
    const text = stringify({
      data: { b: "2", a: "1" },
      immutable: true,
      metadata: { labels: { z: "z", "a/b": "c" }, namespace: "todo-apps", name: "settings", annotations: {} },
      kind: "ConfigMap",
      apiVersion: "v1",
    });
    expect(text).toBe(
      [
        "apiVersion: v1",
        "kind: ConfigMap",
        "metadata:",
        "  name: settings",
        "  namespace: todo-apps",
        "  annotations: {}",
        "  labels:",
        "    a/b: c",
        "    z: z",
        "data:",
        '  a: "1"',
        '  b: "2"',
        "immutable: true",
        "",
      ].join("\n"),
    );
  });

  test("puts the name of a list item first", () => {
    expect(
      stringify({
        env: [
          { value: "1e3", name: "LIMIT" },
          { name: "PLAIN", value: "debug" },
        ],
      }),
    ).toBe('env:\n  - name: LIMIT\n    value: "1e3"\n  - name: PLAIN\n    value: debug\n');
  });

  test("shows multi-line text as a literal block with the chomping it needs", () => {
    expect(stringify({ a: "x\n  y\n", b: "x\n\ny", c: "x\n\n", d: "x" })).toBe(
      "a: |\n  x\n    y\nb: |-\n  x\n\n  y\nc: |+\n  x\n\nd: x\n",
    );
  });

  test("spares escapes by single quotes and shows what cannot be seen as escapes", () => {
    expect(stringify(['{"it\'s": 1}', "^\\d+$", "a\u202eb", "tab\there"])).toBe(
      "- '{\"it''s\": 1}'\n- '^\\d+$'\n- \"a\\u202eb\"\n- \"tab\\there\"\n",
    );
  });

  test("does not depend on the order of the keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anyValue, { noNullPrototype: true }), (map) => {
        expect(stringify(Object.fromEntries(Object.entries(map).reverse()))).toBe(stringify(map));
      }),
    );
  });

  test("leaves out undefined keys and writes a value that is used twice in full", () => {
    const shared = { cpu: "1" };
    expect(stringify({ a: undefined, b: { c: undefined }, limits: shared, requests: shared })).toBe(
      'b: {}\nlimits:\n  cpu: "1"\nrequests:\n  cpu: "1"\n',
    );
  });
});

describe("what YAML cannot hold is refused with its path", () => {
  const cyclic: Record<string, unknown> = { name: "a" };
  cyclic.spec = { items: [cyclic] };
  test.each<[string, unknown]>([
    ["spec.replicas is NaN", { spec: { replicas: Number.NaN } }],
    ["spec.items.1 is -Infinity", { spec: { items: [1, Number.NEGATIVE_INFINITY] } }],
    ["spec.items.0 is undefined", { spec: { items: [undefined] } }],
    ["data.key is a function", { data: { key: () => 1 } }],
    ["data.key is a symbol", { data: { key: Symbol("x") } }],
    ["data.key is a bigint", { data: { key: 1n } }],
    ["data.when is a Date", { data: { when: new Date(0) } }],
    ["data is a Map", { data: new Map([["a", 1]]) }],
    ["spec.items.0 contains itself", cyclic],
    ["data.text is a string with half a surrogate pair", { data: { text: "a\ud800b" } }],
    ["the document is undefined", undefined],
  ])("%s", (message, value) => {
    expect(() => stringify(value)).toThrow(expect.objectContaining({ message }));
  });

  test("a key that readers would not find the colon of", () => {
    expect(() => stringify({ data: { ["k".repeat(1025)]: 1 } })).toThrow(
      /^data.*has a key of more than 1024 characters$/,
    );
  });
});
