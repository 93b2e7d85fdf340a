import { join } from "node:path";
import { applyPlan, lockTree, planTree } from "#emit/tree";
import { type Bumped, bumpEnvironment } from "#lifecycle/bump";
import { landBump } from "#lifecycle/land-bump";
import { fromFolder } from "#lifecycle/records";
import { Repository } from "#lifecycle/repository";
import { writeTexts } from "#lifecycle/write-texts";
import type { Environment } from "#model/environment";
import { type ImagePins, imagePinText, parseImagePin } from "#model/images";
import { ownImages } from "#model/own-images";
import { todo } from "#system";
import { runCommand, UsageError } from "./command.ts";
import { chooseEnvironments } from "./environments.ts";
import { projectFolder } from "./project-folder.ts";

const help = `
Pins images of one environment and renders it.

  npm run bump -- --env NAME [OPTIONS] IMAGE=TAG@sha256:DIGEST [...]

Changes one line of config/images/NAME.json per image and what is rendered from it; prints both.

  --commit              as one commit on the branch that is checked out
  --push                with --commit: on the live branch of its remote; where another push comes first, computes anew
  --source-commit SHA   the commit that the images were built from, for the commit's trailers
  --source-repo URL     its repository
`;

/** Reads `tasks=v1.2.0@sha256:...` arguments. @throws UsageError naming the first that is none */
export function parseBumps(arguments_: readonly string[], known: readonly string[]): ImagePins {
  if (arguments_.length === 0) throw new UsageError("no image to pin", "Give at least one IMAGE=TAG@sha256:DIGEST");
  return Object.fromEntries(
    arguments_.map((argument) => {
      const [, image = "", reference = ""] = /^([^=]+)=(.*)$/s.exec(argument) ?? [];
      if (!known.includes(image))
        throw new UsageError(
          `"${argument}" names no image of ours`,
          `Write IMAGE=TAG@sha256:DIGEST with one of: ${known.join(", ")}`,
        );
      const pin = parseImagePin(reference);
      if (!pin?.digest)
        throw new UsageError(
          `"${reference}" is no image by digest`,
          "Write TAG@sha256: and 64 lower-case hexadecimal digits",
        );
      return [image, pin];
    }),
  );
}

const options = {
  env: { type: "string" },
  commit: { type: "boolean" },
  push: { type: "boolean" },
  "source-commit": { type: "string" },
  "source-repo": { type: "string" },
} as const;

interface Sourced {
  readonly "source-commit"?: string | undefined;
  readonly "source-repo"?: string | undefined;
}

/** @throws UsageError for a source that names no commit */
function sourceOf({ "source-commit": commit, "source-repo": repository }: Sourced) {
  if (commit === undefined) {
    if (repository !== undefined) throw new UsageError("--source-repo without --source-commit", "Give both");
    return undefined;
  }
  if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(commit)) {
    throw new UsageError(`"${commit}" is no full commit id`, "Give all of its 40 hexadecimal digits");
  }
  if (repository !== undefined && !/^[!-~]+$/.test(repository)) {
    throw new UsageError(`"${repository}" is no address`, "Give the repository's URL");
  }
  return { commit, repository };
}

function printMoves({ moves }: Bumped): void {
  for (const { image, from, to, waits } of moves) {
    console.log(`${image}: ${from} -> ${to}${waits ? " (waits until the rollback is cleared)" : ""}`);
  }
}

/** Changes the files on disk, all of them or none. */
function bumpFiles(root: string, environment: Environment, bumps: ImagePins): void {
  using lock = lockTree(join(root, "gitops"));
  const bumped = bumpEnvironment(fromFolder(root), environment, bumps, Repository.find(root));
  if (bumped === null) {
    for (const [image, pin] of Object.entries(bumps)) console.log(`${image} already runs ${imagePinText(pin)}`);
    console.log("nothing to change");
    return;
  }
  const old = new Map([...bumped.texts.keys()].map((path) => [path, fromFolder(root)(path) ?? null]));
  writeTexts(root, bumped.texts);
  try {
    const { name } = environment;
    const plan = bumped.files ? planTree(join(root, "gitops"), bumped.files, { scope: [name] }) : null;
    if (plan) applyPlan(plan, lock);
    printMoves(bumped);
    for (const path of plan?.changed ?? []) console.log(`  ~ gitops/${path}`);
    if ((plan?.changed.length ?? 0) === 0) console.log("nothing to render");
  } catch (error) {
    writeTexts(root, old);
    throw error;
  }
}

if (import.meta.main) {
  await runCommand({ help, options, positionals: true }, async ({ values, positionals }) => {
    if (!values.env) throw new UsageError("no environment", "Say which with --env NAME");
    if (values.push && !values.commit) throw new UsageError("--push without --commit", "Give both");
    const [environment] = chooseEnvironments([values.env]);
    if (!environment) return;
    const root = projectFolder();
    const bumps = parseBumps(positionals, ownImages(todo));
    const source = sourceOf(values);
    if (!values.commit) {
      bumpFiles(root, environment, bumps);
      return;
    }
    const repository = new Repository(root);
    const landed = await landBump({ repository, push: values.push === true, environment, bumps, source });
    if (landed === null) {
      console.log(`${environment.name} has these pins already: no commit`);
      return;
    }
    for (const [image, pin] of Object.entries(bumps)) {
      const later = landed.waiting.includes(image) ? " (waits until the rollback is cleared)" : "";
      console.log(`${image}: ${imagePinText(pin)}${later}`);
    }
    const raced = landed.retries === 0 ? "" : ` after ${landed.retries} other pushes`;
    console.log(`${landed.commit.slice(0, 7)} ${values.push ? "pushed to" : "committed on"} ${landed.branch}${raced}`);
    if (!landed.checkedOut) console.log("your branch has commits of its own and stays as it is: git pull --rebase");
    return;
  });
}
