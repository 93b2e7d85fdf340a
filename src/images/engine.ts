/** The programs that build images: what both are asked for, and how each is told. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "#model/user-error";

export const engineNames = ["docker", "buildah"] as const;

export type EngineName = (typeof engineNames)[number];

export interface BuildRequest {
  /** Folder with all that the Dockerfile copies. */
  readonly context: string;
  readonly dockerfile: string;
  /** Name and tag. */
  readonly reference: string;
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since 1970 that every file and the image itself get as their time. */
  readonly epoch: number;
}

export interface BuiltImage {
  /** Id of the image in the engine's storage: `sha256:` of its configuration. */
  readonly id: string;
}

export interface Engine {
  readonly name: EngineName;
  /** @throws UserError with the last lines of what the engine said */
  build(request: BuildRequest): BuiltImage;
}

interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Outcome {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: { ...process.env, ...env },
  });
  return { status: error ? null : status, output: `${stdout ?? ""}${stderr ?? ""}` };
}

const works = (name: EngineName): boolean => run(name, name === "docker" ? ["info"] : ["--version"]).status === 0;

/**
 * The engine that was asked for, else the first that works.
 * @throws UserError where none does
 */
export function findEngine(wanted?: EngineName): Engine {
  const name = (wanted ? [wanted] : engineNames).find(works);
  if (name) return name === "docker" ? docker : buildah;
  throw new UserError(
    wanted ? `${wanted} does not work here` : "neither docker nor buildah works here",
    wanted === "docker" ? "Start the Docker daemon, or use --engine buildah" : "Install one of them",
  );
}

const flags = (flag: string, values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);

function built(program: EngineName, { reference }: BuildRequest, args: string[], env = {}): BuiltImage {
  const folder = mkdtempSync(join(tmpdir(), "image-id-"));
  try {
    const file = join(folder, "id");
    const { status, output } = run(program, [...args.slice(0, -1), "--iidfile", file, ...args.slice(-1)], env);
    if (status === 0) return { id: readFileSync(file, "utf8").trim() };
    const lines = output.trim().split("\n").slice(-5).join("\n  ");
    throw new UserError(`${program} cannot build ${reference}:\n  ${lines}\n`, "Mend what it says and run it again");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const docker: Engine = {
  name: "docker",
  build(request) {
    const { context, dockerfile, reference, args, labels, epoch } = request;
    return built("docker", request, [
      "buildx",
      "build",
      "--quiet",
      // Provenance and SBOM are attested by CI with what was scanned; as parts of the index they would change its digest.
      "--provenance=false",
      "--sbom=false",
      ...flags("--build-arg", { ...args, SOURCE_DATE_EPOCH: String(epoch) }),
      ...flags("--label", labels),
      "--output",
      `type=docker,name=${reference},rewrite-timestamp=true`,
      "--file",
      dockerfile,
      context,
    ]);
  },
};

const buildah: Engine = {
  name: "buildah",
  build(request) {
    const { context, dockerfile, reference, args, labels, epoch } = request;
    // Without a container runtime beside it, buildah can still run a step below a changed root.
    const isolation = process.env.BUILDAH_ISOLATION ?? (hasRuntime() ? undefined : "chroot");
    return built(
      "buildah",
      request,
      [
        "build",
        "--quiet",
        "--identity-label=false",
        "--timestamp",
        String(epoch),
        ...flags("--build-arg", args),
        ...flags("--label", labels),
        "--tag",
        reference,
        "--file",
        dockerfile,
        context,
      ],
      isolation ? { BUILDAH_ISOLATION: isolation } : {},
    );
  },
};

const hasRuntime = (): boolean => ["crun", "runc"].some((name) => run(name, ["--version"]).status === 0);
