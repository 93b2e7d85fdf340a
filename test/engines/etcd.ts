import { join } from "node:path";
import { enginePath } from "./paths.ts";
import { freePorts, inTemporaryFolder, startProcess, type TemporaryFolder } from "./process.ts";

export interface Etcd {
  readonly url: string;
  readonly pid: number;
  /** Ends the process and removes its data. */
  stop(): Promise<void>;
}

/** Starts one etcd member on loopback with an empty store that does not survive a crash of the machine. */
export function startEtcd(): Promise<Etcd> {
  return inTemporaryFolder("etcd", startIn);
}

async function startIn(folder: TemporaryFolder): Promise<Etcd> {
  const command = enginePath("etcd");
  const [clientPort, peerPort] = await freePorts(2);
  const url = `http://127.0.0.1:${clientPort}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const etcd = await startProcess({
    name: "etcd",
    command,
    args: [
      ...["--name", "etcd", "--data-dir", join(folder.path, "data"), "--log-level", "warn", "--unsafe-no-fsync"],
      ...["--listen-client-urls", url, "--advertise-client-urls", url],
      ...[
        "--listen-peer-urls",
        peerUrl,
        "--initial-advertise-peer-urls",
        peerUrl,
        "--initial-cluster",
        `etcd=${peerUrl}`,
      ],
    ],
    folder: folder.path,
    ready: async () => (await fetch(`${url}/health`)).ok,
  });
  return {
    url,
    pid: etcd.pid,
    async stop() {
      await etcd.stop();
      folder.remove();
    },
  };
}
