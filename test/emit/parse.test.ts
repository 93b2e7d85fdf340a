import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parse as parseYaml } from "yaml";
import { NotOurSubset, parse, parseManifest } from "#emit/parse";
import { stringify } from "#emit/stringify";
import { anyValue } from "./arbitrary.ts";

describe("the parser of our subset", () => {
  test("reads back whatever was written, header or not", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(parse(stringify(value))).toEqual(value);
        expect(parse(`# Rendered by us\n${stringify(value)}`)).toEqual(value);
      }),
      { numRuns: 3000 },
    );
  });

  test("never understands an edited text differently than a full parser", () => {
    const edit = fc.record({
      at: fc.nat(),
      remove: fc.nat({ max: 3 }),
      insert: fc.oneof(
        fc.constantFrom(
          "",
          " ",
          "  ",
          "\n",
          "- ",
          ": ",
          ":",
          " #x",
          "#",
          "'",
          '"',
          "\\",
          "|",
          "\t",
          "&a ",
          "*a",
          "!!str ",
          "---\n",
          "\n\n",
          "[",
          "}",
          "a",
          "1",
          "~",
          "? ",
        ),
        fc.string({ maxLength: 3 }),
      ),
    });
    let understood = 0;
    fc.assert(
      fc.property(anyValue, fc.array(edit, { minLength: 1, maxLength: 3 }), (value, edits) => {
        let text = stringify(value);
        for (const { at, remove, insert } of edits) {
          const start = at % (text.length + 1);
          text = text.slice(0, start) + insert + text.slice(start + remove);
        }
        let ours: unknown;
        try {
          ours = parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(NotOurSubset);
          return;
        }
        understood++;
        expect(parseYaml(text, { version: "1.2" })).toEqual(ours);
        expect(parseYaml(text, { version: "1.1" })).toEqual(ours);
      }),
      { numRuns: 10_000 },
    );
    expect(understood).toBeGreaterThan(1000);
  });

  test.each([
    ["a flow map", "a: {b: 1}\n"],
    ["an anchor", "a: &x b\n"],
    ["a key twice", "a: 1\na: 2\n"],
    ["a comment", "a: b # c\n"],
    ["a second document", "a: b\n---\nc: d\n"],
    ["a boolean of YAML 1.1", "a: on\n"],
    ["a folded block", "a: >\n  b\n"],
    ["an empty value", "a:\n"],
    ["a blank line", "a: 1\n\nb: 2\n"],
    ["a tab", "a:\t1\n"],
    ["Windows line ends", "a: 1\r\n"],
    ["no line break at the end", "a: 1"],
    ["an escape that not every reader knows", 'a: "\\ud83d\\ude00"\n'],
    ["a float that YAML 1.1 takes for a string", "a: 1e+21\n"],
    ["nothing", ""],
  ])("leaves %s to a full parser", (_, text) => {
    expect(() => parse(text)).toThrow(NotOurSubset);
  });
});

describe("a manifest", () => {
  const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n";

  test("is read whatever YAML it is written in, as kubectl reads it", () => {
    expect(parseManifest(manifest)).toEqual({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } });
    const edited = `---\n${manifest.replace("\n  name: a", " {name: a}")}on: off # by hand\nmode: 0755\nday: 2026-08-01\ntime: 1:30\n`;
    expect(parseManifest(edited)).toEqual({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "a" },
      true: false,
      mode: 0o755,
      day: "2026-08-01",
      time: "1:30",
    });
  });

  test.each([
    ["a: [\n", /^dev\/a\.yaml is not YAML: .* at line 2, column 1$/],
    [`${manifest}---\n${manifest}`, /^dev\/a\.yaml is not YAML: .*multiple documents/],
    ["kind: ConfigMap\n", /^dev\/a\.yaml holds no Kubernetes resource$/],
    ["", /^dev\/a\.yaml holds no Kubernetes resource$/],
  ])("that is none is one clear line: %j", (text, message) => {
    expect(() => parseManifest(text, "dev/a.yaml")).toThrow(message);
  });
});
