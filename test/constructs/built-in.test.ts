import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";

test("the table of Kubernetes' spellings holds every field that cdk8s-plus spells otherwise", () => {
  const source = readFileSync("node_modules/cdk8s-plus-28/lib/imports/k8s.js", "utf8");
  const spelled = new Map<string, string>();
  for (const [, kubernetes = "", jsii = ""] of source.matchAll(/'([A-Za-z]+)': [^;\n]*?obj\.([A-Za-z]+)/g)) {
    if (kubernetes !== jsii) spelled.set(jsii, kubernetes);
  }
  const table = readFileSync("src/constructs/built-in.ts", "utf8");
  const ours = new Map(
    [...table.matchAll(/^ {2}([A-Za-z]+): "([A-Za-z]+)";$/gm)].map(([, jsii = "", kubernetes = ""]) => [
      jsii,
      kubernetes,
    ]),
  );
  expect(spelled.size).toBeGreaterThan(20);
  expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(spelled));
});
