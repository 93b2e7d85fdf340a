import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { environments } from "#environments";
import { startSidecars } from "#local/sidecar/start";
import { contractModel } from "./model.ts";
import { API_TOKEN, APP_TOKEN, type Apps, caller, SECRETS, type Target } from "./target.ts";

export async function startLocal(apps: Apps): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), "todo-contract-"));
  const secretsFile = join(folder, "secrets.json");
  writeFileSync(secretsFile, JSON.stringify(SECRETS));
  const dataFile = join(folder, "sidecars.db");
  const ports = await Promise.all(Object.entries(apps).map(async ([name, app]) => [name, await app.start()] as const));
  const sidecars = await startSidecars({
    model: contractModel,
    environment: environments.dev,
    apps: Object.fromEntries(
      ports.map(([name, appPort]) => [name, { appPort, daprPort: 0, apiToken: API_TOKEN, appToken: APP_TOKEN }]),
    ),
    dataFile,
    secretsFile,
    log: () => {},
  });
  const urls = Object.entries(sidecars.ports).map(([name, port]) => [name, `http://127.0.0.1:${port}`]);
  return {
    name: "local",
    call: caller(Object.fromEntries(urls)),
    deadLetters: async () => {
      const db = new DatabaseSync(dataFile, { readOnly: true });
      const rows = db
        .prepare("select event from messages where topic = 'dead-letters' order by partition, offset")
        .all();
      db.close();
      return rows.map((row) => JSON.parse(String((row as { event: string }).event)) as Record<string, unknown>);
    },
    stop: async () => {
      await sidecars.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
