/** An image reference taken apart: `<repository>:<tag>@<digest>`. */
export interface ImageReference {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const reference = /^([^@]+?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;

/** @returns `undefined` for what is no reference */
export function parseImage(text: unknown): ImageReference | undefined {
  if (typeof text !== "string" || /\s/.test(text)) return undefined;
  const [, repository, tag, digest] = reference.exec(text) ?? [];
  return repository === undefined || repository.includes("@") ? undefined : { repository, tag, digest };
}

export interface Version {
  readonly numbers: readonly [number, number, number];
  /** What follows the numbers, e.g. `-rc.1`. */
  readonly rest: string;
}

/** A version as tags and charts write it. Commits and dates are none: nothing is known about their order. */
export function parseVersion(text: unknown): Version | undefined {
  const [, major, minor, patch, rest = ""] =
    /^v?(\d{1,5})(?:\.(\d+))?(?:\.(\d+))?([-+.][\w.+-]+)?$/.exec(String(text)) ?? [];
  if (major === undefined) return undefined;
  return { numbers: [Number(major), Number(minor ?? 0), Number(patch ?? 0)], rest };
}

/** Below 0 when `a` is older. `undefined` where only what follows the numbers differs. */
export function compareVersions(a: Version, b: Version): number | undefined {
  for (let part = 0; part < 3; part++) {
    const difference = (a.numbers[part] ?? 0) - (b.numbers[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.rest === b.rest ? 0 : undefined;
}
