import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { parseManifest } from "#emit/parse";
import { type EnvironmentName, environments } from "#environments";
import { renderEnvironment } from "#synth/synth";
import { todo } from "#system";

/** Every third file: over all environments each kind is among them. */
const SAMPLE = 3;

describe.each(Object.keys(environments) as EnvironmentName[])("the files of %s", (name) => {
  test("mean the same to readers of YAML 1.1 and 1.2, and to the checks", () => {
    const { files } = renderEnvironment(todo, environments[name], {});
    const sample = [...files.values()].filter((_, index) => index % SAMPLE === 0);
    expect(sample.length).toBeGreaterThan(40);
    for (const text of sample) {
      const read = parse(text, { version: "1.2" });
      expect(parse(text, { version: "1.1" })).toEqual(read);
      expect(parseManifest(text)).toEqual(read);
    }
  });
});
