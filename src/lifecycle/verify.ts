import { UserError } from "#model/user-error";
import { imagesFile } from "#synth/images-file";
import { onlyNew } from "./changes.ts";
import { type Landed, type Landing, land } from "./land.ts";
import { messageOf } from "./message.ts";
import { recordText, type Verification, verifiedFile } from "./records.ts";
import type { Repository } from "./repository.ts";
import type { SmokeCheck } from "./smoke.ts";

/** The pins that a commit's environment runs with. @throws UserError where it has none */
export function pinsOfCommit(repository: Repository, commit: string, environment: string): Record<string, string> {
  const text = repository.show(commit, imagesFile(environment));
  if (text !== undefined) return JSON.parse(text) as Record<string, string>;
  throw new UserError(
    `${commit.slice(0, 7)} has no ${imagesFile(environment)}`,
    "Name the commit that Argo CD synced with --revision",
  );
}

/** What `config/verified` says of an environment after these checks. */
export const verificationOf = (
  commit: string,
  images: Readonly<Record<string, string>>,
  checks: readonly SmokeCheck[],
  time: Date,
): Verification => ({
  commit,
  images: { ...images },
  time: time.toISOString(),
  result: checks.every(({ passed }) => passed) ? "healthy" : "failed",
  checks: checks.map(({ name, passed, detail }) => `${passed ? "passed" : "failed"} ${name}: ${detail}`),
});

/** Commits a verification on the live branch. */
export function landVerification(
  props: Pick<Landing, "repository" | "push"> & { readonly environment: string; readonly verification: Verification },
): Promise<Landed | null> {
  const { repository, environment, verification } = props;
  const subject = `chore(${environment}): ${verification.result === "healthy" ? "verified healthy" : "failed its verification"}`;
  return land({
    ...props,
    compute: (parent) => {
      const changes = onlyNew(repository, parent, new Map([[verifiedFile(environment), recordText(verification)]]));
      if (changes.size === 0) return null;
      return { changes, message: messageOf(subject, verification.checks, [`Verified-commit: ${verification.commit}`]) };
    },
  });
}
