/** What must hold of the whole product whenever it has come to rest. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "@jest/globals";
import { todo } from "#system";
import { eventually } from "#test/kit/support/harness";
import { type Product, serviceNames } from "./support.ts";

/** Every outbox is empty and every sidecar has delivered what it holds. */
export async function settled(product: Product, withinMs = 60_000): Promise<void> {
  await eventually(async () => {
    for (const service of serviceNames) {
      const waiting = await product.rows<{ topic: string }>(service, "select topic from outbox limit 5");
      expect([service, waiting]).toEqual([service, []]);
    }
    expect(undelivered(product)).toEqual([]);
    expect(await product.rows("audit", "select position from events where sequence is null limit 5")).toEqual([]);
  }, withinMs);
}

/** Partitions where a consumer group has not come to the end, or has not even begun. */
function undelivered({ dataFolder }: Product): unknown[] {
  const ends = brokerRows(dataFolder, "select topic, partition, max(offset) as last from messages group by 1, 2");
  const positions = new Map(
    brokerRows(dataFolder, "select grp, topic, partition, next from offsets").map(
      ({ grp, topic, partition, next }) => [`${grp} ${topic} ${partition}`, Number(next)] as const,
    ),
  );
  return ends.flatMap(({ topic, partition, last }) =>
    Object.entries(todo.services)
      .filter(([, { subscribes }]) => (subscribes as readonly string[]).includes(String(topic)))
      .map(([group]) => ({ group, topic, partition, last, next: positions.get(`${group} ${topic} ${partition}`) ?? 0 }))
      .filter(({ next }) => next <= Number(last)),
  );
}

/** Events that some consumer gave up. */
export const deadLetters = ({ dataFolder }: Product): unknown[] =>
  brokerRows(dataFolder, "select event from messages where topic = 'dead-letters'");

/** Rows of what the laptop's own sidecars keep. */
export function brokerRows(dataFolder: string, query: string): Record<string, unknown>[] {
  const db = new DatabaseSync(join(dataFolder, "sidecars.db"), { readOnly: true });
  try {
    return db.prepare(query).all();
  } finally {
    db.close();
  }
}

/** Why events could not be processed, where that happened. */
export async function poisoned(product: Product): Promise<unknown[]> {
  const found = serviceNames.map(async (service) =>
    (await product.rows(service, "select consumer, type, reason, attempts from poison")).map((row) => ({
      service,
      ...row,
    })),
  );
  return (await Promise.all(found)).flat();
}

export interface Verified {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * `npm run audit:verify` over the product's data.
 * @param databaseUrl where the product has a database that was given
 */
export const auditVerify = ({ dataFolder }: Product, databaseUrl?: string): Promise<Verified> =>
  new Promise((resolve) => {
    const script = join(import.meta.dirname, "../../src/cli/audit-verify.ts");
    const args = ["--disable-warning=ExperimentalWarning", script, "--data", dataFolder];
    const env = { PATH: process.env.PATH ?? "", ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}) };
    execFile(process.execPath, args, { env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
  });
