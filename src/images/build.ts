/** Builds images one after the other. */
import { join } from "node:path";
import { UID } from "#constructs/pod-security";
import { Repository } from "#lifecycle/repository";
import { nodeVersion } from "./base.ts";
import { writeContext } from "./context.ts";
import type { Engine } from "./engine.ts";

export interface BuildProps extends ContextsProps {
  /** What names begin with, without a slash at the end. */
  readonly registry: string;
  readonly base: string;
  readonly engine: Engine;
}

export interface Built {
  readonly image: string;
  readonly reference: string;
  readonly id: string;
  readonly seconds: number;
}

/** Where the files of an image are put together. */
export const contextFolder = (root: string, image: string): string => join(root, "dist/images", image);

export interface ContextsProps {
  readonly root: string;
  readonly images: readonly string[];
  readonly tag: string;
  /** What takes a while, for people. */
  readonly say: (line: string) => void;
}

/** What runs in images, without an engine: each can be started by `node dist/images/NAME/app/main.mjs`. */
export async function writeContexts({ root, images, tag, say }: ContextsProps): Promise<void> {
  const [node, { epoch }] = [nodeVersion(root), sourceOf(root)];
  for (const image of images)
    await writeContext({ root, image, version: tag, node, epoch, folder: contextFolder(root, image), say });
}

/** @throws UserError naming the image that cannot be built */
export async function* buildImages({ registry, base, engine, ...props }: BuildProps): AsyncGenerator<Built> {
  const { root, images, tag } = props;
  const source = sourceOf(root);
  for (const image of images) {
    const began = performance.now();
    await writeContexts({ ...props, images: [image] });
    const reference = `${registry}/${image}:${tag}`;
    const { id } = engine.build({
      context: contextFolder(root, image),
      dockerfile: join(root, "images/service.Dockerfile"),
      reference,
      args: { NODE_IMAGE: base, USER_ID: String(UID), VERSION: tag },
      labels: labelsOf(image, tag, source.revision),
      epoch: source.epoch,
    });
    yield { image, reference, id, seconds: (performance.now() - began) / 1000 };
  }
}

interface Source {
  /** Seconds since 1970. */
  readonly epoch: number;
  /** The commit, where the working tree is that commit. */
  readonly revision: string | undefined;
}

/** Outside a repository every file is of 1970, which is as reproducible. */
function sourceOf(root: string): Source {
  const given = process.env.SOURCE_DATE_EPOCH;
  const repository = Repository.find(root);
  const revision = repository?.run("rev-parse", "HEAD").trim();
  const clean = revision !== undefined && repository?.run("status", "--porcelain").trim() === "";
  const time = repository?.run("log", "-1", "--format=%ct").trim();
  return { epoch: Number(given ?? time ?? 0), revision: clean ? revision : undefined };
}

/** The names of the OCI image specification. */
const labelsOf = (image: string, version: string, revision: string | undefined): Record<string, string> => ({
  "org.opencontainers.image.title": image,
  "org.opencontainers.image.version": version,
  "org.opencontainers.image.licenses": "Apache-2.0",
  ...(revision ? { "org.opencontainers.image.revision": revision } : {}),
});
