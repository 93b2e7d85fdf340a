import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { understand } from "#understanding/understand";

/** Wednesday; the clock change of the zone lies behind. */
const OPTIONS = { now: "2026-11-18T10:00:00+01:00", timeZone: "Europe/Berlin" };
const FOLDER = new URL("./phrases/", import.meta.url);

/** One phrase a line: `text  =>  intent {fields}`. */
function rows(file: string): [string, unknown][] {
  const lines = readFileSync(new URL(file, FOLDER), "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return lines.map((line) => {
    const [said = "", expected = ""] = line.split("  =>  ");
    const [intent = ""] = expected.split(" ", 1);
    return [said, { intent, ...(JSON.parse(expected.slice(intent.length)) as object) }];
  });
}

for (const file of readdirSync(FOLDER).sort()) {
  describe(`phrases about ${file.replace(".txt", "").replaceAll("-", " ")}`, () => {
    test.each(rows(file))("%s", (said, expected) => {
      const { spans: _, ...understood } = understand(said, OPTIONS);
      expect(understood).toEqual(expected);
    });
  });
}
