import { describe, expect, test } from "@jest/globals";
import { readManifests } from "#diff/read-yaml";
import { diff } from "./support.ts";

const names = (text: string): string[] =>
  readManifests(text, "the file").map(({ kind, metadata }) => `${kind} ${metadata.name}`);

describe("YAML of others", () => {
  test("may hold several documents, comments and empty ones", () => {
    expect(
      names(
        "# first\n---\napiVersion: v1\nkind: A\nmetadata: {name: a}\n---\n# nothing\n---\napiVersion: v1\nkind: B\nmetadata:\n  name: b\n...\n",
      ),
    ).toEqual(["A a", "B b"]);
  });

  test("may hold a list, also one of lists", () => {
    const list =
      "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: A, metadata: {name: a}}\n- apiVersion: v1\n  kind: BList\n  items:\n  - {apiVersion: v1, kind: B, metadata: {name: b}}\n";
    expect(names(list)).toEqual(["A a", "B b"]);
  });

  test("may use anchors, aliases, merges and the words of YAML 1.1", () => {
    const [manifest] = readManifests(
      "apiVersion: v1\nkind: A\nmetadata: {name: a}\none: &one {p: 1}\ntwo: {<<: *one, q: on}\nthree: *one\n",
      "the file",
    );
    expect(manifest).toMatchObject({ two: { p: 1, q: true }, three: { p: 1 } });
  });

  test("may be JSON", () => {
    expect(names('{"apiVersion":"v1","kind":"A","metadata":{"name":"a"}}')).toEqual(["A a"]);
  });

  test("may leave the name to the server", () => {
    expect(names("apiVersion: v1\nkind: Job\nmetadata: {generateName: run-}\n")).toEqual(["Job run-*"]);
  });

  test.each([
    [
      "a key twice",
      "apiVersion: v1\nkind: A\nmetadata: {name: a}\nmetadata: {name: b}\n",
      /is not YAML: Map keys must be unique/,
    ],
    ["no YAML", "a: [\n", /is not YAML/],
    ["an alias to nothing", "a: *b\n", /is not YAML/],
    ["no kind", "apiVersion: v1\nmetadata: {name: a}\n", /holds something that is no Kubernetes resource/],
    ["no name", "apiVersion: v1\nkind: A\nmetadata: {}\n", /holds something that is no Kubernetes resource/],
    ["text", "hello\n", /holds something that is no Kubernetes resource/],
    [
      "a namespace that is a number",
      "apiVersion: v1\nkind: A\nmetadata: {name: a, namespace: 1}\n",
      /no Kubernetes resource/,
    ],
  ])("is refused with one line for %s", (_, text, message) => {
    expect(() => readManifests(text, "the file")).toThrow(message);
  });

  test("does not expand a bomb of aliases", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level < 9; level++)
      lines.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(", ")}]`);
    expect(() => readManifests(`${lines.join("\n")}\n`, "the file")).toThrow(/is not YAML: Excessive alias count/);
  });

  test("keeps integers apart that a number could not", () => {
    const text = (n: string) => `apiVersion: v1\nkind: A\nmetadata:\n  name: a\n  namespace: ns\nspec:\n  n: ${n}\n`;
    const report = diff(
      new Map([["dev/a/ns/a.yaml", text("9007199254740992")]]),
      new Map([["dev/a/ns/a.yaml", text("9007199254740993")]]),
    );
    expect(report.changes).toHaveLength(1);
    expect(report.changes[0]?.leaves[0]).toMatchObject({ before: 9007199254740992n, after: 9007199254740993n });
  });
});
