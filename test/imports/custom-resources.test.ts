import { describe, expect, test } from "@jest/globals";
import { compareVersions, customResources } from "#imports-generator/custom-resources";
import { widgetCrd } from "./widgets.ts";

const file = (text: string, name = "widgets.yaml") => ({ name, text });

describe("reading definitions", () => {
  test("takes the newest stable version that is served", () => {
    const versions = [{ name: "v1beta1" }, { name: "v1" }, { name: "v2alpha1" }, { name: "v3", served: false }];
    expect(customResources([file(widgetCrd(versions))])[0]?.version).toBe("v1");
  });

  test("orders versions as the API server does", () => {
    const names = ["v1alpha1", "v10", "v2alpha1", "foo", "v1", "v1beta2", "v3beta1", "v11alpha2", "v2"];
    expect(names.sort((a, b) => compareVersions(b, a))).toEqual([
      "v10",
      "v2",
      "v1",
      "v3beta1",
      "v1beta2",
      "v11alpha2",
      "v2alpha1",
      "v1alpha1",
      "foo",
    ]);
  });

  test("passes over other documents and sorts by group and kind", () => {
    const text = [
      "kind: ConfigMap",
      widgetCrd([{}], "Zebra"),
      widgetCrd([{}], "Ant"),
      "",
      widgetCrd([{}], "Bee", "a.com"),
    ].join("\n---\n");
    const ids = customResources([file(text)]).map(({ group, kind }) => `${group}/${kind}`);
    expect(ids).toEqual(["a.com/Bee", "example.com/Ant", "example.com/Zebra"]);
  });

  test("does not look at definitions it should not keep, even when they serve nothing", () => {
    const text = [widgetCrd([{ served: false }], "Old"), widgetCrd([{}])].join("\n---\n");
    expect(customResources([file(text)], ({ kind }) => kind === "Widget")).toHaveLength(1);
    expect(() => customResources([file(text)])).toThrow("widgets.yaml: example.com/Old serves no version");
  });

  test("refuses a kind that two files define and names both", () => {
    const crd = widgetCrd([{}]);
    expect(() => customResources([file(crd, "a.yaml"), file(crd, "b.yaml")])).toThrow(
      "example.com/Widget is defined twice: a.yaml, b.yaml",
    );
  });

  test("names the file and the place of what is malformed", () => {
    expect(() => customResources([file("a: [1")])).toThrow(/^widgets\.yaml is not valid YAML: /);
    const broken = widgetCrd([{}]).replace('"Namespaced"', '"Everywhere"');
    expect(() => customResources([file(broken)])).toThrow(
      /^widgets\.yaml holds a malformed CustomResourceDefinition at spec\.scope: /,
    );
    expect(() => customResources([file("<!doctype html>")])).toThrow("no CustomResourceDefinition in widgets.yaml");
  });
});
