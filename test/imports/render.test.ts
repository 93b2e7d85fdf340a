import { describe, expect, test } from "@jest/globals";
import { customResources } from "#imports-generator/custom-resources";
import { marker, renderImports } from "#imports-generator/render";
import { widgetCrd } from "./widgets.ts";

const strimzi = "https://example.com/strimzi/strimzi-kafka-operator/1.0.0/crds.yaml";
const sources = [
  { name: "a.yaml", text: widgetCrd([{}], "Zebra") },
  { name: "b.yaml", text: widgetCrd([{ name: "v1beta2" }], "Ant") },
  { name: "c.yaml", text: widgetCrd([{}], "KafkaTopic", "kafka.strimzi.io") },
];

describe("rendering imports", () => {
  test("gives a file of types for each group and one table of kinds", async () => {
    const files = await renderImports(customResources(sources), [strimzi]);
    expect([...files.keys()]).toEqual(["example.com.ts", "kafka.strimzi.io.ts", "kinds.ts"]);
    expect(files.get("kinds.ts")).toContain(
      '"example.com/Ant": { group: "example.com", version: "v1beta2", kind: "Ant", plural: "ants", scope: "Namespaced" },',
    );
    expect(files.get("kinds.ts")).toContain('"example.com/Ant": import("./example.com.ts").Ant;');
  });

  test("gives the same bytes for the same definitions in any order", async () => {
    const one = await renderImports(customResources(sources), [strimzi]);
    const other = await renderImports(customResources(sources.toReversed()), [strimzi]);
    expect([...other]).toEqual([...one]);
  });

  test("says in each file that it is generated, from where and at which versions", async () => {
    const files = await renderImports(customResources(sources), [strimzi]);
    expect(files.get("kafka.strimzi.io.ts")?.split("\n").slice(0, 3)).toEqual([
      marker,
      `// Source: ${strimzi}`,
      "// Versions: KafkaTopic v1.",
    ]);
    expect(files.get("example.com.ts")?.split("\n").slice(1, 4)).toEqual([
      "// Source: a.yaml",
      "// Source: b.yaml",
      "// Versions: Ant v1beta2, Zebra v1.",
    ]);
  });
});
