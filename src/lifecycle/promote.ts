import { lockTree } from "#emit/tree";
import { GitError } from "#git/error";
import type { Environment } from "#model/environment";
import { ownImages } from "#model/own-images";
import { UserError } from "#model/user-error";
import { imagesFile, imagesText, parseImages } from "#synth/images-file";
import { todo } from "#system";
import { onlyNew, renderingChanges } from "./changes.ts";
import { type Changes, commitChanges } from "./commit.ts";
import { compared, markdownOf } from "./description.ts";
import { digestsOf } from "./frozen.ts";
import { pushed, upstreamOf } from "./land.ts";
import { messageOf } from "./message.ts";
import { type ReadText, readRendering, readVerification, recordText, renderedFile } from "./records.ts";
import { type Files, type PinTexts, renderAt, renderHere } from "./render-at.ts";
import type { Repository } from "./repository.ts";

export interface PromotionProps {
  readonly repository: Repository;
  readonly from: Environment;
  /** The same environment renders it anew on its own pins. */
  readonly to: Environment;
  /** Why what was not verified is promoted all the same; it is kept in the commit. */
  readonly reason?: string | undefined;
  /** @default `promote/<to>-<short commit>` */
  readonly branch?: string | undefined;
  readonly push: boolean;
}

export interface Promoted {
  readonly branch: string;
  readonly commit: string;
  /** Images that change, as `image: from -> to`. */
  readonly moves: readonly string[];
  readonly routine: boolean;
  /** What changes, for the pull request. */
  readonly markdown: string;
}

/** The part of the description that goes into the commit itself. */
const BODY_LIMIT = 16_000;

interface Verified {
  readonly images: PinTexts;
  /** The commit whose rendering of FROM ran. */
  readonly commit: string;
  readonly trailer: string;
}

/**
 * Puts what FROM was verified with into TO, images and rendering together, as one commit on a branch of its own.
 * @returns `null` when TO has it already
 * @throws UserError when FROM is not verified healthy or runs what was not released; nothing is changed then
 */
export function promote(props: PromotionProps): Promoted | null {
  const { repository, from, to } = props;
  using _lock = lockTree(`${repository.root}/gitops`);
  repository.assertWhole();
  const base = repository.branch();
  repository.assertClean();
  const head = repository.commit("HEAD");
  const read: ReadText = (path) => repository.show(head, path);
  if (!to.held) {
    throw new UserError(
      `${to.name} is not held: it follows the model by itself`,
      `Run npm run synth and npm run bump -- --env ${to.name}`,
    );
  }
  const next = from.name === to.name ? ownPins(read, to, head) : verifiedPins(props, read, head);
  const model = from.name === to.name ? head : modelOf(repository, from, next, head);
  const files = model === head ? renderHere(to.name, next.images) : renderAt(repository, model, to.name, next.images);

  const before = repository.texts(head, `gitops/${to.name}`);
  const beforeFiles: Files = new Map([...before].map(([path, text]) => [path.slice("gitops/".length), text]));
  const changes = promotionChanges(repository, head, to.name, next.images, files, model);
  if (changes === null) return null;
  const report = compared([`${to.name} on ${base}`, beforeFiles], [`${to.name} promoted`, files]);
  const moves = movesOf(pinsOf(read, to.name), next.images);
  const title = from.name === to.name ? "render anew with its own images" : `promote from ${from.name}`;
  const message = messageOf(
    `feat(${to.name}): ${title}`,
    [...moves, ...(moves.length > 0 ? [""] : []), markdownOf(report, BODY_LIMIT).trimEnd()],
    [`Promoted-from: ${from.name}`, `Model: ${model}`, next.trailer].filter(Boolean),
  );
  const commit = commitChanges(repository, head, changes, message);
  const branch = props.branch ?? `promote/${to.name}-${head.slice(0, 7)}`;
  createBranch(repository, branch, commit, props.push ? base : null);
  return { branch, commit, moves, routine: report.routine, markdown: markdownOf(report) };
}

const pinsOf = (read: ReadText, name: string): PinTexts => {
  const text = read(imagesFile(name)) ?? "{}";
  parseImages(text, imagesFile(name), ownImages(todo));
  return JSON.parse(text) as PinTexts;
};

const ownPins = (read: ReadText, to: Environment, head: string): Verified => ({
  images: pinsOf(read, to.name),
  commit: head,
  trailer: "",
});

function verifiedPins({ repository, from, reason }: PromotionProps, read: ReadText, head: string): Verified {
  const verification = readVerification(read, from.name);
  if (reason === undefined && verification?.result !== "healthy") {
    throw new UserError(
      verification ? `${from.name} failed its verification at ${verification.time}` : `${from.name} was never verified`,
      `Verify it with npm run smoke -- --env ${from.name} --record, or promote what it has now with --force --reason "..."`,
    );
  }
  const verified =
    verification?.result === "healthy"
      ? {
          images: verification.images,
          commit: repository.commit(verification.commit),
          trailer: `Verified: ${verification.time}`,
        }
      : { images: pinsOf(read, from.name), commit: head, trailer: `Forced: ${reason?.replace(/\s+/g, " ").trim()}` };
  const unreleased = ownImages(todo).filter((image) => (verified.images[image] ?? "unreleased") === "unreleased");
  if (unreleased.length > 0) {
    throw new UserError(
      `${from.name} runs images that were never released: ${unreleased.join(", ")}`,
      `Release them, then pin them with npm run bump -- --env ${from.name}`,
    );
  }
  return verified;
}

/** HEAD's model, if it renders FROM as it was verified; else the model that did. */
function modelOf(repository: Repository, from: Environment, { commit, images }: Verified, head: string): string {
  const ran = repository.texts(commit, `gitops/${from.name}`);
  const now = renderHere(from.name, images);
  if (ran.size === now.size && [...now].every(([path, text]) => ran.get(`gitops/${path}`) === text)) return head;
  if (!from.held) return commit;
  const record = readRendering((path) => repository.show(commit, path), from.name);
  if (record?.commit) return repository.commit(record.commit);
  throw new UserError(
    `the model that rendered ${from.name} was never committed`,
    `Render it anew first: npm run promote -- ${from.name} ${from.name}`,
  );
}

/** @returns `null` when the environment is so already */
function promotionChanges(
  repository: Repository,
  head: string,
  name: string,
  images: PinTexts,
  files: Files,
  model: string,
): Changes | null {
  const known = parseImages(JSON.stringify(images), imagesFile(name), ownImages(todo));
  const manifests = renderingChanges(repository, head, name, files);
  const pins = onlyNew(repository, head, new Map([[imagesFile(name), imagesText(known)]]));
  const record = readRendering((path) => repository.show(head, path), name);
  if (manifests.size + pins.size === 0 && record && !record.pin) return null;
  const text = recordText({ commit: model, images, files: digestsOf(files) });
  return new Map([...manifests, ...pins, ...onlyNew(repository, head, new Map([[renderedFile(name), text]]))]);
}

const movesOf = (before: PinTexts, after: PinTexts): string[] =>
  Object.entries(after)
    .filter(([image, pin]) => before[image] !== pin)
    .map(([image, pin]) => `${image}: ${before[image] ?? "unreleased"} -> ${pin}`);

/** @param base the branch whose remote it is pushed to; `null`: it stays here */
function createBranch(repository: Repository, branch: string, commit: string, base: string | null): void {
  const ref = `refs/heads/${branch}`;
  if (repository.try("check-ref-format", ref) === undefined) {
    throw new GitError("unknown-ref", `"${branch}" is no name for a branch`, "Give another with --branch");
  }
  if (repository.result("update-ref", ref, commit, "0".repeat(commit.length)).status !== 0) {
    throw new GitError(
      "branch-exists",
      `there is a branch ${branch} already`,
      "Delete it with git branch -D, or give another name with --branch",
    );
  }
  if (base === null) return;
  try {
    const { remote } = upstreamOf(repository, base);
    if (pushed(repository, { remote, ref }, commit)) return;
    throw new GitError(
      "branch-exists",
      `${remote} has another branch ${branch} already`,
      "Delete it there, or give another name with --branch",
    );
  } catch (error) {
    repository.run("update-ref", "-d", ref, commit);
    throw error;
  }
}
