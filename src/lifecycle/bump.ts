import { digest } from "#emit/tree";
import type { Environment } from "#model/environment";
import { type ImagePins, imagePinText } from "#model/images";
import { ownImages } from "#model/own-images";
import { UserError } from "#model/user-error";
import { imagesFile, imagesText, parseImages } from "#synth/images-file";
import { assertChecked, renderEnvironment } from "#synth/synth";
import { todo } from "#system";
import { digestsOf, isInForce, layFrozen, pinTexts } from "./frozen.ts";
import { type ReadText, type Rendering, readRendering, recordText, renderedFile } from "./records.ts";
import { type Files, renderAt, renderHere } from "./render-at.ts";
import type { Repository } from "./repository.ts";

export interface Move {
  readonly image: string;
  readonly from: string;
  readonly to: string;
  /** Pinned by a rollback: rendered once that is cleared. */
  readonly waits: boolean;
}

export interface Bumped {
  readonly moves: readonly Move[];
  /** All of `gitops/<environment>`; `null`: nothing of it changes. */
  readonly files: Files | null;
  /** Beside the rendering, by path below the project. */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Pins images of an environment as it is in some state of the project, on disk or in a commit.
 * @param read the state's files
 * @param repository needed where the environment is held by the model of another commit
 * @returns `null` when everything is pinned so already
 * @throws UserError when the environment cannot be bumped as it is
 */
export function bumpEnvironment(
  read: ReadText,
  environment: Environment,
  bumps: ImagePins,
  repository: Repository | null,
): Bumped | null {
  const { name, held } = environment;
  const before = parseImages(read(imagesFile(name)) ?? "{}", imagesFile(name), ownImages(todo));
  const record = readRendering(read, name);
  if (held && record?.pin) {
    throw new UserError(
      `${name} is rolled back to ${record.pin.to.slice(0, 7)}`,
      `Promote to it: npm run promote -- FROM ${name}`,
    );
  }
  const waiting = record?.pin?.waiting ?? {};
  const waits = (image: string): boolean =>
    record?.pin !== undefined && (record.pin.services === null || record.pin.services.includes(image));
  const moves = Object.entries(bumps)
    .map(([image, pin]): Move => {
      const current = before[image] ? imagePinText(before[image]) : "unreleased";
      return { image, from: waiting[image] ?? current, to: imagePinText(pin), waits: waits(image) };
    })
    .filter(({ from, to }) => from !== to);
  if (moves.length === 0) return null;

  const now = moves.filter((move) => !move.waits).map(({ image }) => image);
  const after = { ...before, ...Object.fromEntries(Object.entries(bumps).filter(([image]) => now.includes(image))) };
  const texts = new Map<string, string>();
  if (now.length > 0) texts.set(imagesFile(name), imagesText(after));
  if (record?.pin && moves.some((move) => move.waits)) {
    const later = Object.fromEntries(moves.filter((move) => move.waits).map(({ image, to }) => [image, to]));
    const pin = { ...record.pin, waiting: { ...waiting, ...later } };
    texts.set(renderedFile(name), recordText({ ...record, pin }));
  }
  if (now.length === 0) return { moves, files: null, texts };
  if (!held) return { moves, files: freeFiles(read, environment, after, record), texts };

  if (record === null) return { moves, files: renderHere(name, pinTexts(after)), texts };
  const files = heldFiles(repository, name, record, after);
  texts.set(
    renderedFile(name),
    recordText({ commit: record.commit, images: pinTexts(after), files: digestsOf(files) }),
  );
  return { moves, files, texts };
}

function freeFiles(read: ReadText, environment: Environment, images: ImagePins, record: Rendering | null): Files {
  const rendered = renderEnvironment(todo, environment, images);
  assertChecked(todo, [rendered]);
  if (!isInForce(environment, record)) return rendered.files;
  const { rendered: laid, lost } = layFrozen(rendered, record, [(path) => read(`gitops/${path}`)]);
  if (lost[0] === undefined) return laid.files;
  throw new UserError(
    `gitops/${lost[0]} is not what ${environment.name} was rolled back to`,
    `Undo it with git checkout HEAD -- gitops/${environment.name}`,
  );
}

/** The same model as before with other pins: a bump brings nothing else into a held environment. */
function heldFiles(repository: Repository | null, name: string, record: Rendering, images: ImagePins): Files {
  const asBefore = renderHere(name, record.images);
  if (isRecorded(asBefore, record)) return renderHere(name, pinTexts(images));
  if (record.commit !== null && repository !== null) return renderAt(repository, record.commit, name, pinTexts(images));
  throw new UserError(
    `${name} is held by a model that was never committed, so that only its images cannot be changed`,
    `Render it anew first: npm run promote -- ${name} ${name}`,
  );
}

/** Whether files are exactly those of a record. */
export const isRecorded = (files: Files, record: Rendering): boolean =>
  files.size === Object.keys(record.files).length &&
  [...files].every(([path, text]) => record.files[path] === digest(text));
