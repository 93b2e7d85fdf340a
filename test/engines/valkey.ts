import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CertificateAuthority } from "./certificates.ts";
import { enginePath } from "./paths.ts";
import { type EngineProcess, freePorts, inTemporaryFolder, startProcess, type TemporaryFolder } from "./process.ts";

export interface ValkeyOptions {
  /** What clients have to say; without it nobody is asked. */
  readonly password?: string;
  /** With it the server speaks TLS alone, with a certificate of this authority; clients need none. */
  readonly authority?: CertificateAuthority;
}

export interface Valkey {
  /** `host:port` for clients; the same after a restart. */
  readonly address: string;
  readonly pid: number;
  /** File with everything that the server prints. */
  readonly log: string;
  /** Ends with the process that runs now. */
  readonly ended: Promise<unknown>;
  signal(signal: NodeJS.Signals): void;
  /** Starts a server that has ended; what it held is gone. */
  start(): Promise<void>;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

/** Starts Valkey, or Redis where that is installed, on loopback; it keeps nothing on disk. */
export function startValkey(options: ValkeyOptions = {}): Promise<Valkey> {
  return inTemporaryFolder("valkey", (folder) => startIn(folder, options));
}

async function startIn(folder: TemporaryFolder, options: ValkeyOptions): Promise<Valkey> {
  const command = enginePath("valkey");
  const [port] = await freePorts(1);
  const configuration = join(folder.path, "valkey.conf");
  const lines = [
    ["bind", "127.0.0.1"],
    ...(await listenLines(folder.path, port, options.authority)),
    ["dir", folder.path],
    ["save", '""'],
    ["appendonly", "no"],
    // By default the title hides by which file the server was started.
    ["set-proc-title", "no"],
    // In a file: arguments are for everybody to see.
    ...(options.password ? [["requirepass", options.password]] : []),
  ];
  writeFileSync(configuration, lines.map((line) => `${line.join(" ")}\n`).join(""), { mode: 0o600 });
  const ready = async (output: () => string) => output().includes("Ready to accept connections");
  let current: EngineProcess | undefined;
  const start = async () => {
    current = await startProcess({ name: "valkey", command, args: [configuration], folder: folder.path, ready });
  };
  await start();
  return {
    address: `127.0.0.1:${port}`,
    get pid() {
      return current?.pid ?? 0;
    },
    log: join(folder.path, "valkey.log"),
    get ended() {
      return current?.ended ?? Promise.resolve();
    },
    signal: (signal) => current?.signal(signal),
    start,
    async stop() {
      await current?.stop();
      folder.remove();
    },
  };
}

async function listenLines(
  folder: string,
  port: number,
  authority: CertificateAuthority | undefined,
): Promise<readonly string[][]> {
  if (!authority) return [["port", String(port)]];
  const { certificate, key } = await authority.issue("valkey");
  const files = {
    certificate: join(folder, "valkey.crt"),
    key: join(folder, "valkey.key"),
    ca: join(folder, "ca.crt"),
  };
  writeFileSync(files.certificate, certificate);
  writeFileSync(files.key, key, { mode: 0o600 });
  writeFileSync(files.ca, authority.certificate);
  return [
    ["port", "0"],
    ["tls-port", String(port)],
    ["tls-cert-file", files.certificate],
    ["tls-key-file", files.key],
    ["tls-ca-cert-file", files.ca],
    ["tls-auth-clients", "no"],
  ];
}
