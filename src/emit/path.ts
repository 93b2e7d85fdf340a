import { groupOf, type RenderedDocument } from "./document.ts";
import { EmitError } from "./errors.ts";

/** Names that Windows keeps for devices, with any extension. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** The most bytes a file name may have on ext4, APFS and NTFS. */
const longest = 255;

/**
 * Where a document is written, below the output folder:
 * `<environment>/<application>/<namespace or "_cluster">/<kind>[.<group>]_<name>.yaml`.
 * Unambiguous: neither a kind nor a group nor a namespace can hold `_`.
 */
export function documentPath({ environment, application, manifest }: RenderedDocument): string {
  const { apiVersion, kind, metadata } = manifest;
  const group = groupOf(apiVersion);
  const folder = metadata.namespace === undefined ? "_cluster" : segment(metadata.namespace);
  const file = segment(`${kind.toLowerCase()}${group && `.${group}`}_${metadata.name}.yaml`);
  return `${segment(environment)}/${segment(application)}/${folder}/${file}`;
}

/** A file name that every file system takes as it is; other characters percent-encoded as UTF-8. */
function segment(name: string): string {
  const encoded = name
    .replace(/[^A-Za-z0-9._-]/gu, encode)
    .replace(/^\.|\.$/g, "%2E")
    .replace(device, (word) => encode(word.charAt(0)) + word.slice(1));
  if (encoded !== "" && encoded.length <= longest) return encoded;
  throw new EmitError(
    `"${name}" cannot be a file name of 1 to ${longest} characters`,
    "Give the resource another name",
  );
}

function encode(character: string): string {
  let encoded = "";
  for (const byte of Buffer.from(character)) encoded += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  return encoded;
}
