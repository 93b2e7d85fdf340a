import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ImagePin, type ImagePins, imagePinText, parseImagePin } from "#model/images";
import { UserError } from "#model/user-error";

/** Where an environment's images are pinned, relative to the project. */
export const imagesFile = (environment: string): string => `config/images/${environment}.json`;

/**
 * Reads and validates the images of an environment; a missing file means that nothing was released yet.
 * @throws UserError when it is no JSON object of known images to `tag@sha256:<64 hex>` or `unreleased`
 */
export function readImages(root: string, environment: string, known: readonly string[]): ImagePins {
  const file = imagesFile(environment);
  let text: string;
  try {
    text = readFileSync(join(root, file), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new UserError(
      `cannot read ${file}: ${(error as NodeJS.ErrnoException).code}`,
      "Make it readable for this user",
      { cause: error },
    );
  }
  return parseImages(text, file, known);
}

/** @throws UserError as `readImages` */
export function parseImages(text: string, file: string, known: readonly string[]): ImagePins {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch (error) {
    throw new UserError(
      `${file} is no JSON: ${(error as Error).message}`,
      "Restore it with git, then use npm run bump to change it",
      { cause: error },
    );
  }
  if (typeof entries !== "object" || entries === null || Array.isArray(entries)) {
    throw new UserError(`${file} holds no object`, 'Write {"<image>": "<tag>@sha256:<digest>"}');
  }
  const pins: Record<string, ImagePin> = {};
  for (const [image, value] of Object.entries(entries)) {
    if (!known.includes(image)) {
      throw new UserError(
        `${file} pins "${image}", which is no image of ours`,
        `Remove it or use one of: ${known.join(", ")}`,
      );
    }
    const pin = typeof value === "string" ? parseImagePin(value) : null;
    if (!pin) {
      throw new UserError(
        `${file}: the image of ${image} has no digest: ${JSON.stringify(value)}`,
        "Pin it as <tag>@sha256:<64 hex digits>",
      );
    }
    pins[image] = pin;
  }
  return pins;
}

/** One image a line, sorted, so that a bump changes one line. */
export function imagesText(pins: ImagePins): string {
  const lines = Object.entries(pins)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([image, pin]) => `  ${JSON.stringify(image)}: ${JSON.stringify(imagePinText(pin))}`);
  return lines.length === 0 ? "{}\n" : `{\n${lines.join(",\n")}\n}\n`;
}
