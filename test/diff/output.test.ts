import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { reportHtml } from "#diff/html";
import { markTopology } from "#diff/html-topology";
import { COMMENT_LIMIT, reportMarkdown } from "#diff/markdown";
import { reportText } from "#diff/text";
import { diff, document, only, pinsOf, renderedFiles } from "./support.ts";

const files = renderedFiles(pinsOf("v1.0.0", "a"), ["dev", "staging", "prod-aks"]);

const secret = (value: string) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "s", namespace: "ns" },
  stringData: { password: value },
});

const forms = {
  text: (report: ReturnType<typeof diff>) => reportText(report, []),
  markdown: (report: ReturnType<typeof diff>) => reportMarkdown(report, []),
  html: (report: ReturnType<typeof diff>) => reportHtml(report, { cost: [] }),
};

describe.each(Object.entries(forms))("%s", (_, show) => {
  test("says what changed where", () => {
    const after = new Map([...files].map(([path, text]) => [path, text.replace("port: 8082", "port: 9000")]));
    const shown = show(diff(files, after));
    expect(shown).toContain("todo-apps/Service/tasks");
    expect(shown).toContain("all 3 environments");
    expect(shown).toContain("9000");
  });

  test("never shows the value of a secret", () => {
    for (const report of [
      only(secret("correct horse"), secret("battery staple")),
      only(undefined, secret("correct horse")),
      only(secret("correct horse"), undefined),
    ]) {
      expect(show(report)).not.toMatch(/correct horse|battery staple/);
    }
  });

  test("never shows a password in an address or in a variable that is named as one", () => {
    const pod = (url: string, password: string) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p", namespace: "ns" },
      spec: {
        containers: [
          {
            name: "c",
            image: "x:1.0",
            env: [
              { name: "URL", value: url },
              { name: "DB_PASSWORD", value: password },
            ],
          },
        ],
      },
    });
    const shown = show(only(pod("postgres://me:Alpha1!@h/d", "Beta2 %"), pod("postgres://me:Gamma3!@h/d", "Delta4 %")));
    expect(shown).not.toMatch(/Alpha1|Beta2|Gamma3|Delta4/);
    expect(shown).toContain("(hidden)");
  });

  test("shows characters that steer a terminal or hide as escapes", () => {
    const map = (value: string) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "m", namespace: "ns" },
      data: { a: value },
    });
    const shown = show(only(map("plain"), map("\u001b[31mred\u202ereversed\u0007")));
    for (const character of "\u001b\u202e\u0007") expect(shown).not.toContain(character);
    expect(shown).toContain("\\u001b[31mred\\u202ereversed\\u0007");
  });
});

describe("markdown", () => {
  const huge = (size: number, seed: string): Map<string, string> =>
    new Map(
      Array.from({ length: size }, (_, index) => [
        `prod/app/ns/${index}.yaml`,
        document({
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: `m-${index}`, namespace: "ns" },
          data: { [`k${index}`]: `${seed}${index} `.repeat(40) },
        }),
      ]),
    );

  test("fits a comment however much changes, and counts what it leaves out", () => {
    const comment = reportMarkdown(diff(huge(900, "a"), huge(900, "b")), []);
    expect(comment.length).toBeLessThan(65_536);
    expect(Buffer.byteLength(comment)).toBeLessThanOrEqual(COMMENT_LIMIT);
    const [, hidden] = /\*\*(\d+) more changes did not fit here\.\*\*/.exec(comment) ?? [];
    expect(Number(hidden) + (comment.match(/<details>/g)?.length ?? 0)).toBe(900);
    expect(comment).toMatch(/\*\*\d+ more flags did not fit here\.\*\*/);
  });

  test("fits a comment for any change of anything", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 2000 }),
      fc.constantFrom(
        "```",
        "</details>",
        "<!-- ",
        "|",
        "@all",
        "\n".repeat(900),
        "é".repeat(60_000),
        "`".repeat(5000),
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 30 }), (pairs) => {
        const side = (which: 0 | 1) =>
          new Map(
            pairs.map((pair, index) => [
              `prod/app/ns/${index}.yaml`,
              document({
                apiVersion: "v1",
                kind: "ConfigMap",
                metadata: { name: `m-${index}`, namespace: "ns" },
                data: { a: pair[which].toWellFormed() },
              }),
            ]),
          );
        const comment = reportMarkdown(diff(side(0), side(1)), []);
        expect(Buffer.byteLength(comment)).toBeLessThan(65_536);
        const outside = comment.replace(/^(`{3,})diff\n[\s\S]*?\n\1$/gm, "");
        expect(outside.match(/<details>/g)?.length).toBe(outside.match(/<\/details>/g)?.length);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  test("lets nothing of a rendering act as markup, mention or end of a fence", () => {
    const map = (value: string) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "m", namespace: "ns" },
      data: { "a|b @team <b>": value },
    });
    const comment = reportMarkdown(only(map("x"), map("```\n</details>\n@team #1")), []);
    expect(comment).toMatch(/^````diff$/m);
    const outside = comment.replace(/^````diff[\s\S]*?^````$/m, "").replace(/`[^`\n]*`/g, "");
    expect(outside).not.toMatch(/@team|<b>(?!ns\/ConfigMap)/);
  });

  test("says first whether it is routine", () => {
    expect(
      reportMarkdown(diff(files, renderedFiles(pinsOf("v1.1.0", "b"), ["dev", "staging", "prod-aks"])), []),
    ).toMatch(/^<!-- npm run diff -->\n### 🟢 Routine: only images\n/);
  });
});

describe("html", () => {
  test("escapes everything that comes from a rendering", () => {
    const map = (value: string) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "m", namespace: "ns" },
      data: { "<img src=x onerror=alert(1)>": value },
    });
    const page = reportHtml(only(map("</script><script>alert(1)</script>"), map('"><svg onload=alert(1)>')), {
      cost: [],
    });
    expect(page).not.toMatch(/<img|<svg|alert\(1\)<\/script>/);
    expect(page.match(/<script>/g)).toHaveLength(1);
  });

  test("needs nothing from elsewhere", () => {
    const page = reportHtml(diff(files, new Map()), { cost: [] });
    expect(page).not.toMatch(/(?:src|href)="(?!#)/);
  });

  test("marks the nodes of the topology that change, and lets the others step back", () => {
    const svg =
      '<svg width="1"><g id="node1" class="node service api">\n<title>tasks</title></g><g id="node2" class="node topic">\n<title>reminders</title></g></svg>';
    const marked = markTopology(svg, new Map([["tasks", "danger"]]));
    expect(marked).toContain('class="node service api d-touched d-touched-danger"');
    expect(marked).toContain('class="node topic d-quiet"');
  });
});
