import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type EnginePin, enginePins } from "./pins.ts";

const pins = Object.entries(enginePins) as [string, EnginePin][];
const read = (...path: string[]) => readFileSync(join(import.meta.dirname, ...path), "utf8");

describe("the pinned version of an engine is the one that its recipe installs", () => {
  for (const [name, pin] of pins) {
    if (pin.from === "go") {
      test(`${name}: go.mod requires it, names its program and go.sum has its checksum`, () => {
        const goMod = read("go", pin.folder, "go.mod");
        expect(goMod).toMatch(new RegExp(`^(require )?\\s*${pin.module} ${pin.version}( // indirect)?$`, "m"));
        const [own] = "sources" in pin ? pin.sources : [];
        if (own) expect(read("go", pin.folder, own)).toContain(`"${pin.module}/`);
        else expect(goMod).toMatch(new RegExp(`^(tool )?\\s*${pin.package}$`, "m"));
        expect(read("go", pin.folder, "go.sum")).toContain(`\n${pin.module} ${pin.version} h1:`);
      });
    } else if (pin.from === "maven") {
      test(`${name}: the pom and the checksums name it`, () => {
        expect(read(pin.folder, "pom.xml")).toContain(`<version>${pin.version}</version>`);
        expect(read(pin.folder, "checksums.sha256")).toContain(`  kafka_2.13-${pin.version}.jar\n`);
      });
    } else if (pin.from === "python") {
      test(`${name}: the hashed requirements name it`, () => {
        expect(read(pin.folder, "requirements.txt")).toContain(`\n${name}==${pin.version} \\\n    --hash=sha256:`);
      });
    }
  }

  test("every package that pip installs has a hash", () => {
    const requirements = read("checkov", "requirements.txt").split(/\n(?=\S)/);
    expect(requirements.length).toBeGreaterThan(50);
    expect(requirements.filter((requirement) => !requirement.includes("--hash=sha256:"))).toEqual([]);
  });
});
