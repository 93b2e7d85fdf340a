/** What a pod has around it: a database with the service's role, and a sidecar with the model's policies. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environments } from "#environments";
import { freePort } from "#local/free-port";
import { startSidecars } from "#local/sidecar/start";
import { todo } from "#system";
import { testDatabase } from "../../kit/support/postgres.ts";

const API_TOKEN = "api-token-of-the-tests";
const APP_TOKEN = "app-token-of-the-tests";

export interface Surroundings {
  readonly ports: Readonly<Record<string, number>>;
  /** The variables of a service's container. */
  environmentOf(service: string): Record<string, string>;
  close(): Promise<void>;
}

export async function startSurroundings(): Promise<Surroundings> {
  const folder = mkdtempSync(join(tmpdir(), "images-test-"));
  const names = Object.keys(todo.services);
  const urls = (await testDatabase(...names)) as Readonly<Record<string, string>>;
  const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const)));
  const secretsFile = join(folder, "secrets.json");
  const random = Object.entries(todo.secrets).filter(([, { source }]) => source === "random");
  writeFileSync(
    secretsFile,
    JSON.stringify(Object.fromEntries(random.map(([name]) => [name, `value of ${name} in the tests`]))),
  );
  const sidecars = await startSidecars({
    model: todo,
    environment: environments.dev,
    apps: Object.fromEntries(
      names.map((name) => [name, { appPort: ports[name] ?? 0, daprPort: 0, apiToken: API_TOKEN, appToken: APP_TOKEN }]),
    ),
    dataFile: join(folder, "sidecars.db"),
    secretsFile,
    log: () => {},
  });
  return {
    ports,
    environmentOf: (service) => ({
      PORT: String(ports[service]),
      HOST: "127.0.0.1",
      HOSTNAME: "127.0.0.1",
      SERVICE: service,
      ENVIRONMENT: "test",
      PUBLIC_ORIGIN: "http://localhost:8000",
      DAPR_HTTP_PORT: String(sidecars.ports[service]),
      DAPR_API_TOKEN: API_TOKEN,
      APP_API_TOKEN: APP_TOKEN,
      SHUTDOWN_DRAIN_SECONDS: "5",
      ...(urls[service] ? { DATABASE_URL: urls[service] } : {}),
    }),
    close: async () => {
      await sidecars.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
