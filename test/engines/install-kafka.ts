import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cachedProgram, enginesFolder, findOnPath, installedFolder } from "./paths.ts";
import type { EngineName, MavenEngine } from "./pins.ts";
import { runCommand } from "./run-command.ts";

const startWrapper = `#!/bin/sh
# usage: kafka MAIN_CLASS [ARGUMENT...]; options of the JVM are taken from KAFKA_OPTS
exec "\${JAVA_HOME:+$JAVA_HOME/bin/}java" $KAFKA_OPTS -cp "$(dirname "$0")/../lib/*" "$@"
`;

/** Fetches the class path with Maven, checks every jar, and leaves a wrapper that starts one of Kafka's classes. */
export async function installKafka(name: EngineName, pin: MavenEngine): Promise<void> {
  for (const command of ["java", "mvn"]) {
    if (!findOnPath(command)) throw new Error(`${command} is not on PATH: install a JDK 17 or newer and Maven`);
  }
  const recipe = join(import.meta.dirname, pin.folder);
  const jars = join(installedFolder(name, pin), "lib");
  rmSync(jars, { recursive: true, force: true });
  await runCommand(
    "mvn",
    [
      ...["--quiet", "--batch-mode", "--no-transfer-progress", "--strict-checksums", "--file", join(recipe, "pom.xml")],
      ...["dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${jars}`],
    ],
    { log: join(enginesFolder(), "logs", `${name}.log`) },
  );
  assertChecksums(jars, readFileSync(join(recipe, "checksums.sha256"), "utf8"));
  const program = cachedProgram(name, pin);
  mkdirSync(dirname(program), { recursive: true });
  writeFileSync(program, startWrapper, { mode: 0o755 });
}

/**
 * @param checksums lines of `sha256sum`
 * @throws Error that names each file of the folder that is unlisted, missing or different
 */
export function assertChecksums(folder: string, checksums: string): void {
  const wanted = new Map(
    checksums
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/))
      .map(([sum = "", file = ""]) => [file, sum] as const),
  );
  const found = new Map(readdirSync(folder).map((file) => [file, sha256(join(folder, file))] as const));
  const wrong = [...new Set([...wanted.keys(), ...found.keys()])].filter(
    (file) => wanted.get(file) !== found.get(file),
  );
  if (wrong.length > 0) throw new Error(`not the files that checksums.sha256 lists: ${wrong.sort().join(", ")}`);
}

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
