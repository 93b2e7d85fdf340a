import { imagesFile } from "#synth/images-file";
import type { Repository } from "./repository.ts";

/** The pins of an environment at a commit, by image; those that were never released are left out. */
export function releasedPins(repository: Repository, commit: string, environment: string): Map<string, string> {
  const pins = JSON.parse(repository.show(commit, imagesFile(environment)) ?? "{}") as Record<string, string>;
  return new Map(Object.entries(pins).filter(([, pin]) => pin.includes("@sha256:")));
}

/**
 * The commit whose code is in an image: the one that its tag or the commit that first pinned it names, else that commit
 * itself, which is as old or younger.
 * @param pin as in `config/images`, known at `commit`
 */
export function sourceCommit(repository: Repository, commit: string, pin: string): string {
  const [tag = "", digest = ""] = pin.split("@");
  const [, told] = /(?:^|-)([0-9a-f]{40})$/.exec(tag) ?? [];
  const format = "--format=%H %(trailers:key=Argocd-reference-commit-sha,valueonly,separator=%x20)";
  const [first = ""] = repository
    .run("log", "--reverse", format, `-S${digest}`, commit, "--", "config/images")
    .split("\n");
  const [pinned, ...sources] = first.trim().split(" ");
  for (const source of [told, ...sources].filter(Boolean)) {
    const known = repository.try("rev-parse", "--verify", "--quiet", "--end-of-options", `${source}^{commit}`);
    if (known !== undefined) return known.trim();
  }
  return pinned || commit;
}
