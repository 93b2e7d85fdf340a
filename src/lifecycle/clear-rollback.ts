import type { Environment } from "#model/environment";
import { ownImages } from "#model/own-images";
import { UserError } from "#model/user-error";
import { imagesFile, imagesText, parseImages } from "#synth/images-file";
import { todo } from "#system";
import { onlyNew, renderingChanges } from "./changes.ts";
import { type Landed, type Landing, land } from "./land.ts";
import { messageOf } from "./message.ts";
import { readRendering, renderedFile } from "./records.ts";
import { renderAt } from "./render-at.ts";

export interface ClearProps extends Pick<Landing, "repository" | "push" | "random" | "sleep"> {
  readonly environment: Environment;
}

/**
 * Ends a rollback of an environment that is not held: it follows the model again, with the images that waited.
 * @returns `null` when it was not rolled back
 * @throws UserError for a held environment, where the next promotion ends a rollback
 */
export function clearRollback(props: ClearProps): Promise<Landed | null> {
  const { repository, environment } = props;
  const { name } = environment;
  if (environment.held) {
    throw new UserError(
      `${name} is held: a rollback ends with its next promotion`,
      `Run npm run promote -- FROM ${name}`,
    );
  }
  return land({
    ...props,
    compute: (parent) => {
      const record = readRendering((path) => repository.show(parent, path), name);
      if (!record?.pin) return null;
      const current = JSON.parse(repository.show(parent, imagesFile(name)) ?? "{}") as Record<string, string>;
      const images = { ...current, ...record.pin.waiting };
      const text = imagesText(parseImages(JSON.stringify(images), imagesFile(name), ownImages(todo)));
      const files = renderAt(repository, parent, name, images);
      const waited = Object.entries(record.pin.waiting).map(([image, pin]) => `${image}: ${current[image]} -> ${pin}`);
      return {
        changes: new Map([
          ...renderingChanges(repository, parent, name, files),
          ...onlyNew(repository, parent, new Map([[imagesFile(name), text]])),
          [renderedFile(name), null],
        ]),
        message: messageOf(`chore(${name}): follow the model again`, [
          `It was rolled back to ${record.pin.to}.`,
          ...waited,
        ]),
      };
    },
  });
}
