import { isOwned } from "#emit/header";
import type { Environment } from "#model/environment";
import { ownImages } from "#model/own-images";
import { UserError } from "#model/user-error";
import { imagesFile, imagesText, parseImages } from "#synth/images-file";
import { todo } from "#system";
import { onlyNew } from "./changes.ts";
import { compared } from "./description.ts";
import { digestsOf } from "./frozen.ts";
import { type Landed, type Landing, land, type Step } from "./land.ts";
import { messageOf } from "./message.ts";
import { obstaclesOf } from "./obstacles.ts";
import { type Pin, type Rendering, readRendering, recordText, renderedFile } from "./records.ts";
import type { Files, PinTexts } from "./render-at.ts";
import type { Repository } from "./repository.ts";

export interface RollbackProps extends Pick<Landing, "repository" | "push" | "random" | "sleep"> {
  readonly environment: Environment;
  /** Only this service; `undefined`: the whole environment. */
  readonly service?: string | undefined;
  /** A commit that had the wanted rendering. @default the rendering before the present one */
  readonly to?: string | undefined;
}

export interface RolledBack extends Landed {
  /** The commit whose rendering stands now. */
  readonly to: string;
  readonly moves: readonly string[];
  readonly files: number;
}

/**
 * Restores an earlier rendering and its pins by a new commit. The environment, or the service, then stays so: until the next
 * promotion where it is held, else until `rollback --clear`.
 * @returns `null` when that rendering stands there already
 * @throws UserError when there is nothing to go back to, or something that cannot go back
 */
export async function rollback(props: RollbackProps): Promise<RolledBack | null> {
  let plan: Plan | null = null;
  const landed = await land({
    ...props,
    compute: (parent) => {
      plan = planRollback(props, parent);
      return plan?.step ?? null;
    },
  });
  const done = plan as Plan | null;
  return landed && done ? { ...landed, to: done.to, moves: done.moves, files: done.files } : null;
}

interface Plan {
  readonly step: Step;
  readonly to: string;
  readonly moves: readonly string[];
  readonly files: number;
}

function planRollback(props: RollbackProps, parent: string): Plan | null {
  const { repository, environment, service } = props;
  const { name } = environment;
  const folder = service === undefined ? `gitops/${name}` : `gitops/${name}/${service}`;
  const record = readRendering((path) => repository.show(parent, path), name);
  const to =
    props.to === undefined ? renderingBefore(repository, parent, folder, record?.pin) : repository.commit(props.to);
  const wanted = ownFiles(repository, to, folder);
  if (wanted.size === 0) {
    throw new UserError(`${to.slice(0, 7)} has no ${folder}`, `Choose another commit of git log -- ${folder}`);
  }
  const present = ownFiles(repository, parent, folder);
  const report = compared([`${name} now`, present], [`${name} at ${to.slice(0, 7)}`, wanted]);
  const services = service === undefined ? null : [service];
  const [obstacle, ...more] = obstaclesOf({ repository, environment: name, services, from: parent, to, report });
  if (obstacle !== undefined) {
    const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
    throw new UserError(
      `${name} cannot go back to ${to.slice(0, 7)}: ${obstacle}${others}`,
      "Mend it forward, or choose a later commit with --to",
    );
  }

  const before = pinsAt(repository, parent, name);
  const pins = restoredPins(before, pinsAt(repository, to, name), service);
  const manifests = differences(present, wanted);
  const texts = onlyNew(repository, parent, new Map([[imagesFile(name), imagesText(parsed(name, pins))]]));
  if (manifests.size + texts.size === 0) return null;
  const next = nextRecord({
    environment,
    record,
    service,
    to,
    pins,
    wanted,
    recordThere: recordAt(repository, to, name),
  });
  const moves = Object.entries(pins)
    .filter(([image, pin]) => before[image] !== pin)
    .map(([image, pin]) => `${image}: ${before[image] ?? "unreleased"} -> ${pin}`);
  const what = service === undefined ? name : `${name}/${service}`;
  const subject = `revert(${name}): go back to ${what} of ${to.slice(0, 7)}`;
  const lasts = environment.held ? "the next promotion" : "npm run rollback -- --clear";
  return {
    step: {
      changes: new Map([...manifests, ...texts, [renderedFile(name), recordText(next)]]),
      message: messageOf(subject, [...moves, `It stays so until ${lasts}.`], [`Rolled-back-to: ${to}`]),
    },
    to,
    moves,
    files: manifests.size,
  };
}

/** The commit that made the rendering before the one that runs, or before the one that was gone back to already. */
function renderingBefore(repository: Repository, parent: string, folder: string, pin: Pin | undefined): string {
  const start = pin?.to ?? parent;
  const [, before] = repository
    .run("log", "--first-parent", "--format=%H", "-n", "2", start, "--", folder)
    .split("\n")
    .filter(Boolean);
  if (before !== undefined) return before;
  throw new UserError(`${folder} has no earlier rendering`, `Name a commit with --to; see git log -- ${folder}`);
}

function ownFiles(repository: Repository, commit: string, folder: string): Files {
  const texts = [...repository.texts(commit, folder)].filter(([, text]) => isOwned(text));
  return new Map(texts.map(([path, text]): [string, string] => [path.slice("gitops/".length), text]));
}

function differences(present: Files, wanted: Files): Map<string, string | null> {
  const changes = new Map<string, string | null>();
  for (const [path, text] of wanted) if (present.get(path) !== text) changes.set(`gitops/${path}`, text);
  for (const path of present.keys()) if (!wanted.has(path)) changes.set(`gitops/${path}`, null);
  return changes;
}

/** The pins of a commit, of images that are still ours. */
function pinsAt(repository: Repository, commit: string, name: string): PinTexts {
  const known = ownImages(todo);
  const all = JSON.parse(repository.show(commit, imagesFile(name)) ?? "{}") as PinTexts;
  return Object.fromEntries(Object.entries(all).filter(([image]) => known.includes(image)));
}

const parsed = (name: string, pins: PinTexts) => parseImages(JSON.stringify(pins), imagesFile(name), ownImages(todo));

function restoredPins(now: PinTexts, then: PinTexts, service: string | undefined): PinTexts {
  if (service === undefined) return { ...now, ...then };
  const pin = then[service];
  return pin === undefined ? now : { ...now, [service]: pin };
}

const recordAt = (repository: Repository, commit: string, name: string): Rendering | null =>
  readRendering((path) => repository.show(commit, path), name);

interface NextRecord {
  readonly environment: Environment;
  readonly record: Rendering | null;
  readonly recordThere: Rendering | null;
  readonly service: string | undefined;
  readonly to: string;
  readonly pins: PinTexts;
  readonly wanted: Files;
}

/** What stays from now on: what stayed already, with the restored files in it. */
function nextRecord({ environment, record, recordThere, service, to, pins, wanted }: NextRecord): Rendering {
  const stays = environment.held || record?.pin ? (record?.files ?? {}) : {};
  const folder = service === undefined ? `${environment.name}/` : `${environment.name}/${service}/`;
  const kept = Object.entries(stays).filter(([path]) => !path.startsWith(folder));
  const earlier = record?.pin;
  const services =
    service === undefined || earlier?.services === null
      ? null
      : [...new Set([...(earlier?.services ?? []), service])].sort();
  const model = service === undefined ? recordThere : record;
  return {
    commit: model?.commit ?? null,
    images: pins,
    pin: { to, services, waiting: earlier?.waiting ?? {} },
    files: { ...Object.fromEntries(kept), ...digestsOf(wanted) },
  };
}
