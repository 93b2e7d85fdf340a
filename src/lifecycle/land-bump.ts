import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "#model/environment";
import { type ImagePins, imagePinText } from "#model/images";
import { imagesFile } from "#synth/images-file";
import { bumpEnvironment } from "./bump.ts";
import { renderingChanges } from "./changes.ts";
import type { Changes } from "./commit.ts";
import { type Landed, type Landing, land } from "./land.ts";
import { messageOf, type Source, sourceTrailers } from "./message.ts";
import { CODE } from "./model-code.ts";
import { readRendering } from "./records.ts";
import { inWorktree, runScript } from "./render-at.ts";
import type { Repository } from "./repository.ts";

export interface BumpCommit extends Pick<Landing, "repository" | "push" | "random" | "sleep"> {
  readonly environment: Environment;
  readonly bumps: ImagePins;
  readonly source?: Source | undefined;
}

export interface LandedBump extends Landed {
  /** Images that a rollback pins: the bump is kept and rendered once that is cleared. */
  readonly waiting: readonly string[];
}

/**
 * Commits a bump on the live branch: the pinned lines and what is rendered from them there, with the model that is there.
 * @returns `null` when the branch has these pins already
 */
export async function landBump(bump: BumpCommit): Promise<LandedBump | null> {
  const { repository, source } = bump;
  const trailers = source ? sourceTrailers(repository, source) : [];
  let waiting: readonly string[] = [];
  const landed = await land({
    ...bump,
    compute: (parent) => {
      const changes = repository.isSame(parent, CODE) ? changesHere(bump, parent) : changesThere(bump, parent);
      if (changes.size === 0) return null;
      waiting = waitingIn(changes, bump);
      return { changes, message: messageFor(bump, waiting, trailers) };
    },
  });
  return landed && { ...landed, waiting };
}

function waitingIn(changes: Changes, { environment, bumps }: BumpCommit): string[] {
  const record = readRendering((path) => changes.get(path) ?? undefined, environment.name);
  return Object.keys(bumps).filter((image) => record?.pin?.waiting[image] !== undefined);
}

function messageFor(
  { environment, bumps }: BumpCommit,
  waiting: readonly string[],
  trailers: readonly string[],
): string {
  const images = Object.keys(bumps);
  const [only] = images.length === 1 ? Object.entries(bumps) : [];
  const what = only ? `${only[0]} ${only[1].tag}` : images.join(", ");
  const verb = waiting.length === images.length ? "run after the rollback:" : "run";
  const lines = Object.entries(bumps).map(
    ([image, pin]) => `${image}: ${imagePinText(pin)}${waiting.includes(image) ? " (after the rollback)" : ""}`,
  );
  return messageOf(`chore(${environment.name}): ${verb} ${what}`, lines, trailers);
}

function changesHere({ repository, environment, bumps }: BumpCommit, parent: string): Changes {
  const bumped = bumpEnvironment((path) => repository.show(parent, path), environment, bumps, repository);
  if (bumped === null) return new Map();
  const rendering = bumped.files ? renderingChanges(repository, parent, environment.name, bumped.files) : [];
  return new Map([...rendering, ...bumped.texts]);
}

/** The live branch has another model than this clone: its own bump runs in a temporary checkout. */
function changesThere({ repository, environment, bumps }: BumpCommit, parent: string): Changes {
  return inWorktree(repository, parent, (folder) => {
    const pins = Object.entries(bumps).map(([image, pin]) => `${image}=${imagePinText(pin)}`);
    runScript(folder, parent, ["bump", "--", "--env", environment.name, ...pins]);
    return changesOf(repository, folder, environment.name);
  });
}

/** What a command changed in a checkout. */
function changesOf(repository: Repository, folder: string, environment: string): Changes {
  const paths = [`gitops/${environment}`, imagesFile(environment), `config/rendered/${environment}.json`];
  const status = repository.run(
    "-C",
    folder,
    "status",
    "--porcelain",
    "-z",
    "--untracked-files=all",
    "--",
    "gitops",
    "config",
  );
  const changed = status.split("\0").filter(Boolean);
  return new Map(
    changed
      .map((line): [string, string] => [line.slice(0, 2), line.slice(3 + repository.prefix.length)])
      .filter(([, path]) => paths.some((mine) => path.startsWith(mine)))
      .map(([state, path]) => [path, state.includes("D") ? null : readFileSync(join(folder, path), "utf8")]),
  );
}
