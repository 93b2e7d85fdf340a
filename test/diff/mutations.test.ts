import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { listKindOf } from "#diff/list-keys";
import { equal, type Value } from "#diff/value";
import { diff, edited, pinsOf, renderedFiles, rewritten, type Sample, samplesOf } from "./support.ts";

const files = renderedFiles(pinsOf("v1.0.0", "a"), ["dev", "staging", "prod-aks"]);
const samples = samplesOf(files);

type Path = readonly (string | number)[];

/** Every place of a value but the whole. */
function* placesOf(value: unknown, path: Path = []): Generator<Path> {
  if (typeof value !== "object" || value === null) return;
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  for (const key of keys) {
    yield [...path, key];
    yield* placesOf((value as Record<string | number, unknown>)[key], [...path, key]);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a place may be anywhere in any kind of document
const holderOf = (draft: any, path: Path): any => path.slice(0, -1).reduce((value, key) => value[key], draft);

function removeAt(draft: unknown, path: Path): void {
  const holder = holderOf(draft, path);
  const key = path.at(-1) as string | number;
  if (Array.isArray(holder)) holder.splice(key as number, 1);
  else delete holder[key];
}

function setAt(draft: unknown, path: Path, change: (value: unknown) => unknown): void {
  const holder = holderOf(draft, path);
  const key = path.at(-1) as string | number;
  holder[key] = change(holder[key]);
}

/** Another value of the same kind. */
function another(value: unknown): unknown {
  if (typeof value === "string") return `${value}x`;
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  if (value === null) return "x";
  return Array.isArray(value) ? [...value, "x"] : { ...(value as object), "todo.dev/x": "x" };
}

const otherTypes: readonly ((value: unknown) => unknown)[] = [
  (value) => (typeof value === "string" ? 7 : String(JSON.stringify(value))),
  (value) => (Array.isArray(value) ? {} : []),
  (value) => (typeof value === "boolean" ? null : true),
  (value) => ({ value: value as Value }),
];

/** What makes a document one resource among others must stay for it to be one. */
const isIdentity = (path: Path): boolean =>
  path.length === 1
    ? ["apiVersion", "kind", "metadata"].includes(String(path[0]))
    : path.length === 2 && path[0] === "metadata" && ["name", "namespace"].includes(String(path[1]));

const alone = ({ path, text }: Sample): Map<string, string> => new Map([[path, text]]);

describe("a mutation of a real rendering", () => {
  test("of any kind at any place of any document is seen and is never routine", () => {
    let count = 0;
    const missed: string[] = [];
    const kinds = new Set<string>();
    // One document of each kind and namespace says as much as all of its kind.
    const distinct = samples.filter(({ manifest }) => {
      const key = `${manifest.kind} ${manifest.metadata.namespace}`;
      return !kinds.has(key) && kinds.add(key);
    });
    for (const sample of distinct) {
      const before = alone(sample);
      for (const place of placesOf(sample.manifest)) {
        if (isIdentity(place)) continue;
        for (const [name, edit] of [
          ["changed", (draft: unknown) => setAt(draft, place, another)],
          ["removed", (draft: unknown) => removeAt(draft, place)],
        ] as const) {
          const report = edited(before, sample, edit);
          count++;
          if (report.routine || report.changes.length === 0) missed.push(`${sample.path} ${place.join(".")} ${name}`);
        }
      }
    }
    expect(missed).toEqual([]);
    expect(count).toBeGreaterThan(5_000);
  }, 240_000);

  const anySample = fc.constantFrom(...samples);
  const anyPlace = fc.nat().map((seed) => (sample: Sample): Path => {
    const places = [...placesOf(sample.manifest)].filter((place) => !isIdentity(place));
    return places[seed % places.length] ?? ["metadata"];
  });

  test("to another type is seen and is never routine", () => {
    fc.assert(
      fc.property(anySample, anyPlace, fc.constantFrom(...otherTypes), (sample, placeIn, change) => {
        const place = placeIn(sample);
        const report = edited(alone(sample), sample, (draft) => setAt(draft, place, change));
        expect(report.routine).toBe(false);
        expect(report.changes).not.toEqual([]);
      }),
      { numRuns: 2000 },
    );
  }, 120_000);

  test("that adds a field or an item anywhere is seen and is never routine", () => {
    fc.assert(
      fc.property(anySample, anyPlace, (sample, placeIn) => {
        const place = placeIn(sample);
        const report = edited(alone(sample), sample, (draft) => {
          const holder = holderOf(draft, place);
          if (Array.isArray(holder)) holder.push(structuredClone(holder[0]));
          else holder["todo.dev/added"] = "x";
        });
        expect(report.routine).toBe(false);
        expect(report.changes).not.toEqual([]);
      }),
      { numRuns: 1000 },
    );
  }, 120_000);

  test("that puts a list into another order is seen exactly where order means something, and is never routine", () => {
    fc.assert(
      fc.property(anySample, fc.nat(), (sample, seed) => {
        const lists = [...placesOf(sample.manifest)].filter((place) => {
          const value = place.reduce<unknown>(
            (here, key) => (here as Record<string | number, unknown>)[key],
            sample.manifest,
          );
          return Array.isArray(value) && value.length > 1 && !equal(value as Value, [...value].reverse() as Value);
        });
        const place = lists[seed % Math.max(lists.length, 1)];
        if (!place) return;
        const report = edited(alone(sample), sample, (draft) =>
          setAt(draft, place, (value) => [...(value as unknown[])].reverse()),
        );
        const fields = place.filter((key) => typeof key === "string");
        const { ordered } = listKindOf(sample.manifest.kind, fields);
        expect(report.routine).toBe(false);
        expect(report.changes.length > 0).toBe(ordered);
      }),
      { numRuns: 2000 },
    );
  }, 120_000);

  test("that swaps two documents, drops one or adds one is never routine", () => {
    fc.assert(
      fc.property(anySample, anySample, fc.constantFrom("swap", "drop", "add", "double"), (one, other, how) => {
        const after = new Map(files);
        if (how === "swap") after.set(one.path, other.text).set(other.path, one.text);
        if (how === "drop") after.delete(one.path);
        if (how === "add")
          after.set(
            `${one.path}.more.yaml`,
            rewritten(one.text, { ...one.manifest, metadata: { ...one.manifest.metadata, name: "new" } }),
          );
        if (how === "double") after.set(`${one.path}.again.yaml`, one.text);
        const report = diff(files, after);
        if (how === "swap" && one.path === other.path) return;
        expect(report.routine).toBe(false);
        expect(report.changes.length + report.flags.length).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test("of an image alone is routine only to another build of the same major version by digest", () => {
    const deployment = samples.find(
      ({ manifest }) => manifest.kind === "Deployment" && manifest.metadata.name === "tasks",
    ) as Sample;
    const image = (draft: { spec: { template: { spec: { containers: [{ image: string }] } } } }) =>
      draft.spec.template.spec.containers[0];
    const tag = fc.oneof(
      fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((numbers) => `v${numbers.join(".")}`),
      fc.constantFrom("main", "latest", "v1", "1.0.0", "v1.0.0-rc.1", "20260101", "0a1b2c3"),
    );
    const repository = fc.constantFrom(
      "ghcr.io/example/todo/tasks",
      "ghcr.io/example/todo/chat",
      "docker.io/library/tasks",
      "tasks",
    );
    const suffix = fc.constantFrom(
      `@sha256:${"b".repeat(64)}`,
      `@sha256:${"a".repeat(64)}`,
      "",
      "@sha256:b",
      `@sha512:${"b".repeat(64)}`,
    );
    fc.assert(
      fc.property(repository, tag, suffix, (where, what, bytes) => {
        const report = edited(alone(deployment), deployment, (draft) => {
          image(draft).image = `${where}:${what}${bytes}`;
        });
        const [, major, ...minor] = /^v?(\d)\.(\d)\.(\d)$/.exec(what) ?? [];
        const isNewer = major === "1" && Number(minor.join("")) > 0;
        const isPinned = /@sha256:[ab]{64}$/.test(bytes);
        const isSame = where === "ghcr.io/example/todo/tasks" && what === "v1.0.0" && bytes.endsWith("a".repeat(64));
        expect(report.routine).toBe(isSame || (where === "ghcr.io/example/todo/tasks" && isNewer && isPinned));
      }),
      { numRuns: 600 },
    );
  });
});
