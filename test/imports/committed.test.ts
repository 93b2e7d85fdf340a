import { readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { kinds } from "#imports/kinds";
import { marker } from "#imports-generator/render";
import { selection, upstreamOf } from "#imports-generator/selection";
import { pinnedAddresses } from "#imports-generator/sources";

const root = join(import.meta.dirname, "../..");
const read = (name: string) => readFileSync(join(root, "imports", name), "utf8");
const names = readdirSync(join(root, "imports")).sort();
const groupFiles = names.filter((name) => name !== "kinds.ts");

describe("the committed imports", () => {
  test("hold exactly the selected kinds, a file for each group", () => {
    const selected = Object.entries(selection).flatMap(([group, entry]) =>
      entry.kinds.map((kind) => `${group}/${kind}`),
    );
    expect(Object.keys(kinds).sort()).toEqual(selected.sort());
    expect(groupFiles).toEqual(
      Object.keys(selection)
        .map((group) => `${group}.ts`)
        .sort(),
    );
  });

  test.each(groupFiles)("%s is generated and exports the type of each kind and of its spec", (name) => {
    const text = read(name);
    expect(text.startsWith(`${marker}\n`)).toBe(true);
    for (const kind of selection[name.slice(0, -3)]?.kinds ?? []) {
      expect(text).toContain(`export interface ${kind} {`);
      expect(text).toMatch(new RegExp(`export (interface|type) ${kind}Spec\\b`));
    }
  });

  test.each(groupFiles)(
    "%s holds no description: below the header no comment and no text longer than three words",
    (name) => {
      const body = read(name)
        .split("\n")
        .filter((line) => !/^\/\/ /.test(line))
        .join("\n");
      expect(body).not.toMatch(/\/\/|\/\*|\*\//);
      const long = [...body.matchAll(/"([^"]*)"/g)].filter(([, text = ""]) => text.split(" ").length > 3);
      expect(long).toEqual([]);
    },
  );

  test.each(groupFiles)("%s leaves nothing to load once its types are stripped", (name) => {
    const left = stripTypeScriptTypes(read(name))
      .replaceAll(/^\/\/ .*$/gm, "")
      .trim();
    expect(left).toBe("");
  });

  test("load nothing but the table of kinds", () => {
    const left = stripTypeScriptTypes(read("kinds.ts"));
    expect(left).not.toMatch(/\bimport\b/);
    expect(kinds["kafka.strimzi.io/KafkaTopic"]).toEqual({
      group: "kafka.strimzi.io",
      version: "v1",
      kind: "KafkaTopic",
      plural: "kafkatopics",
      scope: "Namespaced",
    });
    expect(kinds["dapr.io/Subscription"].version).toBe("v2alpha1");
    expect(kinds["cert-manager.io/ClusterIssuer"].scope).toBe("Cluster");
  });

  test("name the address that cdk8s.yaml pins now", async () => {
    const addresses = await pinnedAddresses(join(root, "cdk8s.yaml"));
    for (const group of Object.keys(selection)) {
      const upstream = upstreamOf(group, addresses);
      expect(upstream).not.toEqual([]);
      const named = [...read(`${group}.ts`).matchAll(/^\/\/ Source: (.*)$/gm)].map(([, address]) => address);
      expect(named).toEqual(upstream);
    }
  });

  test("have a use for every address of cdk8s.yaml, each at an exact version", async () => {
    const addresses = await pinnedAddresses(join(root, "cdk8s.yaml"));
    const used = new Set(Object.keys(selection).flatMap((group) => upstreamOf(group, addresses)));
    expect(addresses.filter((address) => !used.has(address))).toEqual([]);
    expect(addresses.filter((address) => !/\d+\.\d+\.\d+/.test(address))).toEqual([]);
  });
});
