import { type Report, reportJson, reportOn } from "#diff/report";
import type { Tree } from "#diff/tree";
import type { Manifest } from "#emit/document";
import { parseManifest } from "#emit/parse";
import { stringify } from "#emit/stringify";
import { environments } from "#environments";
import type { ImagePins } from "#model/images";
import { ownImages } from "#model/own-images";
import { renderEnvironment } from "#synth/synth";
import { todo } from "#system";

export const digest = (character: string): string => `sha256:${character.repeat(64)}`;

export const pinsOf = (tag: string, character: string): ImagePins =>
  Object.fromEntries(ownImages(todo).map((image) => [image, { tag, digest: digest(character) }]));

/** What the model really renders, with released images; by path. */
export function renderedFiles(pins: ImagePins, names: readonly (keyof typeof environments)[]): Map<string, string> {
  return new Map(names.flatMap((name) => [...renderEnvironment(todo, environments[name], pins).files]));
}

export const treeOf = (files: ReadonlyMap<string, string>, label = "a rendering"): Tree => ({
  label,
  name: "gitops",
  files: new Map([...files].map(([path, text]) => [path, { text }])),
});

export const diff = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Report =>
  reportOn(treeOf(before, "before"), treeOf(after, "after"));

/** The text of a document as we write it, with the header of its first text. */
export const rewritten = (text: string, manifest: unknown): string =>
  `${text.startsWith("#") ? text.slice(0, text.indexOf("\n") + 1) : ""}${stringify(manifest)}`;

export interface Sample {
  readonly path: string;
  readonly text: string;
  readonly manifest: Manifest;
}

export const samplesOf = (files: ReadonlyMap<string, string>): Sample[] =>
  [...files].map(([path, text]) => ({ path, text, manifest: parseManifest(text) }));

/** Compares one document with what an edit makes of it, among the others of its rendering. */
export function edited(
  files: ReadonlyMap<string, string>,
  { path, text, manifest }: Sample,
  // biome-ignore lint/suspicious/noExplicitAny: an edit reaches anywhere into any kind of document
  edit: (draft: any) => unknown,
): Report {
  const draft = structuredClone(manifest);
  edit(draft);
  return diff(files, new Map(files).set(path, rewritten(text, draft)));
}

export const rulesOf = (report: Report): string[] => [...new Set(report.flags.map(({ rule }) => rule))].sort();

export { reportJson };

/** A document of a folder that holds nothing else. */
export const document = (manifest: Record<string, unknown>): string => stringify(manifest);

export function only(before: Record<string, unknown> | undefined, after: Record<string, unknown> | undefined): Report {
  const files = (manifest: Record<string, unknown> | undefined): Map<string, string> =>
    new Map(manifest ? [["prod/app/ns/file.yaml", document(manifest)]] : []);
  return diff(files(before), files(after));
}
