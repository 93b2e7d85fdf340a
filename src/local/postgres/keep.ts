/** A database server that is begun again when it ends by itself, as a cluster's operator does. */
import { setTimeout as delay } from "node:timers/promises";
import { type Cluster, type ClusterOptions, isAlive, startCluster } from "./cluster.ts";

export interface KeptCluster {
  /** As it was started; the address stays the same. */
  readonly cluster: Cluster;
  /** Ends the server, and does not begin it again. */
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 250;
const RETRY_MS = 500;

/**
 * @param say what happened, for people
 * @throws LocalError when the first start fails; later ones are tried again
 */
export async function keepCluster(options: ClusterOptions, say: (line: string) => void): Promise<KeptCluster> {
  const cluster = await startCluster(options);
  const stopping = new AbortController();
  let current = cluster;
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await delay(LOOK_EVERY_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
      if (stopping.signal.aborted || isAlive(current.pid)) continue;
      say("the database ended by itself and is started again");
      current = await again({ ...options, port: cluster.port }, stopping.signal, say);
    }
  })();
  return Object.freeze({
    cluster,
    stop: async () => {
      stopping.abort();
      await running;
      await current.stop();
    },
  });

  /** The processes of a killed server hold its memory for a moment longer than it lives. */
  async function again(wanted: ClusterOptions, signal: AbortSignal, tell: typeof say): Promise<Cluster> {
    for (;;) {
      try {
        return await startCluster(wanted);
      } catch (error) {
        if (signal.aborted) return current;
        tell(`not yet: ${(error as Error).message}`);
        await delay(RETRY_MS, undefined, { ref: false });
      }
    }
  }
}
