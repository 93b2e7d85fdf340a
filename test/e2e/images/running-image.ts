/** Starts programs from an image's file system as a cluster would: its user, its entry point, nothing writable but /tmp. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildah } from "./storage.ts";

export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly WorkingDir: string;
  readonly Labels: Readonly<Record<string, string>>;
}

export interface MountedImage extends Disposable {
  /** Where its files are. */
  readonly folder: string;
  readonly config: ImageConfig;
  /** Runs the entry point, with the image's variables and these. */
  start(env: Readonly<Record<string, string>>, ...args: readonly string[]): RunningImage;
}

export interface RunningImage {
  readonly output: () => string;
  /** Ends it as a kubelet does. @returns the exit code */
  stop(): Promise<number | null>;
  /** @returns the exit code once it has ended */
  ended(): Promise<number | null>;
}

// The binds and the read-only view live in a mount namespace of their own and end with the process.
const enter = `
set -e
mount --bind "$1" "$1"
mount -t proc proc "$1/proc"
mount -t tmpfs -o mode=1777 tmpfs "$1/tmp"
mount -o remount,ro,bind "$1"
root=$1; user=$2; shift 2
exec chroot --userspec="$user" "$root" "$@"
`;

export function mountImage(reference: string): MountedImage {
  const { OCIv1 } = JSON.parse(buildah("inspect", "--type", "image", reference)) as { OCIv1: { config: ImageConfig } };
  const container = buildah("from", "--pull-never", reference);
  const folder = buildah("mount", container);
  return {
    folder,
    config: OCIv1.config,
    start: (env, ...args) => startIn(folder, OCIv1.config, env, args),
    [Symbol.dispose]: () => buildah("rm", container),
  };
}

function startIn(
  folder: string,
  { User, Env, Entrypoint, WorkingDir }: ImageConfig,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): RunningImage {
  mkdirSync(join(folder, "proc"), { recursive: true });
  // chroot starts in the root folder, so the program's file is named in full.
  const entry = Entrypoint.map((part) => (part === "main.mjs" ? join(WorkingDir, part) : part));
  const child = spawn(
    "unshare",
    ["--mount", "--propagation", "private", "sh", "-c", enter, "enter", folder, User, ...entry, ...args],
    { env: { ...Object.fromEntries(Env.map((line) => line.split(/=(.*)/s, 2) as [string, string])), ...env } },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const ended = exitOf(child);
  return {
    output: () => output,
    ended: () => ended,
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

const exitOf = async (child: ChildProcess): Promise<number | null> => {
  const [status] = (await once(child, "close")) as [number | null];
  return status;
};
