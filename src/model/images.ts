/** Which build of each of our images an environment runs: `config/images/<environment>.json`, one image a line. */

/** `tag@sha256:<64 hex>`, or `unreleased` before the first release. */
export interface ImagePin {
  readonly tag: string;
  readonly digest: string | null;
}

export type ImagePins = Readonly<Record<string, ImagePin>>;

export const UNRELEASED: ImagePin = Object.freeze({ tag: "unreleased", digest: null });

const PIN = /^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})@(sha256:[0-9a-f]{64})$/;

/** Reads one entry of an images file. @returns `null` when it is neither a pin by digest nor `unreleased` */
export function parseImagePin(text: string): ImagePin | null {
  if (text === UNRELEASED.tag) return UNRELEASED;
  const [, tag, digest] = PIN.exec(text) ?? [];
  return tag && digest ? Object.freeze({ tag, digest }) : null;
}

export const imagePinText = ({ tag, digest }: ImagePin): string => (digest ? `${tag}@${digest}` : tag);

/** Full reference of an image of ours: `<registry>/<image>:<tag>@<digest>`. */
export const imageReference = (registry: string, image: string, pins: ImagePins): string =>
  `${registry}/${image}:${imagePinText(pins[image] ?? UNRELEASED)}`;
