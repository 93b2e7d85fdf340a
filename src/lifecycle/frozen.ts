/** Which part of an environment stays as it was promoted or rolled back to, and what should stand there. */
import { digest } from "#emit/tree";
import type { Environment } from "#model/environment";
import { type ImagePins, imagePinText } from "#model/images";
import type { RenderedEnvironment } from "#synth/synth";
import type { Rendering } from "./records.ts";

/**
 * Whether a path below `gitops/` stays as recorded whatever the model says: all of a held environment and of one that was
 * rolled back, and the folders of services that were rolled back by themselves.
 */
export function isFrozen({ name, held }: Environment, record: Rendering, path: string): boolean {
  if (!path.startsWith(`${name}/`)) return false;
  if (held) return true;
  if (!record.pin) return false;
  const { services } = record.pin;
  return services === null || services.some((service) => path.startsWith(`${name}/${service}/`));
}

/** Whether a record decides anything: one of an environment that is neither held nor rolled back is left over. */
export const isInForce = (environment: Environment, record: Rendering | null): record is Rendering =>
  record !== null && (environment.held || record.pin !== undefined);

export interface Desired {
  /** What `gitops/<environment>` should hold. */
  readonly rendered: RenderedEnvironment;
  /** Recorded, gone from disk and nowhere to be had. */
  readonly lost: readonly string[];
}

/** Text of a path below `gitops/`, if this source has it. */
export type TextSource = (path: string) => string | undefined;

/**
 * Lays the frozen part of an environment over what the model renders. Of each recorded file, the first source counts that
 * has it byte by byte.
 */
export function layFrozen(rendered: RenderedEnvironment, record: Rendering, sources: readonly TextSource[]): Desired {
  const { environment } = rendered;
  const files = new Map([...rendered.files].filter(([path]) => !isFrozen(environment, record, path)));
  const lost: string[] = [];
  for (const [path, recorded] of Object.entries(record.files)) {
    const found = textOf(recorded, path, sources);
    if (found === undefined) lost.push(path);
    files.set(path, found ?? "");
  }
  return { rendered: { ...rendered, files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))) }, lost };
}

function textOf(recorded: string, path: string, sources: readonly TextSource[]): string | undefined {
  for (const source of sources) {
    const text = source(path);
    if (text !== undefined && digest(text) === recorded) return text;
  }
  return undefined;
}

export interface Difference {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** How many files differ between what stands there and what would. */
export function differenceOf(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Difference {
  const added = [...after.keys()].filter((path) => !before.has(path)).length;
  const removed = [...before.keys()].filter((path) => !after.has(path)).length;
  const changed = [...after].filter(([path, text]) => before.has(path) && before.get(path) !== text).length;
  return { added, changed, removed };
}

/** The record of a whole environment, as it was just rendered. */
export const recordOf = (commit: string | null, images: ImagePins, files: ReadonlyMap<string, string>): Rendering => ({
  commit,
  images: pinTexts(images),
  files: digestsOf(files),
});

export const digestsOf = (files: ReadonlyMap<string, string>): Record<string, string> =>
  Object.fromEntries([...files].map(([path, text]) => [path, digest(text)]));

export const pinTexts = (images: ImagePins): Record<string, string> =>
  Object.fromEntries(Object.entries(images).map(([image, pin]) => [image, imagePinText(pin)]));
