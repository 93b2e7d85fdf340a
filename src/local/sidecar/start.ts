/** All local sidecars in one process, one port a service. */

import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Environment } from "#model/environment";
import type { System } from "#model/system";
import { LocalError } from "../local-error.ts";
import { AppChannel } from "./app-channel.ts";
import { Broker } from "./broker.ts";
import type { App, Shared } from "./call.ts";
import { runCron } from "./cron.ts";
import { JobRunner } from "./jobs.ts";
import { sidecarPolicy } from "./policy.ts";
import { secretsFile } from "./secrets.ts";
import { sidecarServer } from "./server.ts";
import { Store } from "./store.ts";

export interface AppProps {
  /** Port of the sidecar's API; 0: a free one. */
  readonly daprPort: number;
  /** Port that the service listens on. */
  readonly appPort: number;
  /** What the service sends to the sidecar. */
  readonly apiToken: string;
  /** What the sidecar sends to the service. */
  readonly appToken: string;
}

export interface SidecarsProps {
  readonly model: System;
  /** Whose rendering of the policies is enforced. */
  readonly environment: Environment;
  readonly apps: Readonly<Record<string, AppProps>>;
  /** Kept between runs. */
  readonly dataFile: string;
  /** JSON: secrets by name, a string or an object of fields. */
  readonly secretsFile: string;
  readonly log: (line: string) => void;
}

export interface Sidecars {
  /** Port of each service's sidecar. */
  readonly ports: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** @throws LocalError when a port is taken */
export async function startSidecars(props: SidecarsProps): Promise<Sidecars> {
  const { model, log } = props;
  const store = new Store(props.dataFile);
  const broker = new Broker(model, store, log);
  const apps = new Map<string, App>();
  for (const [name, { appPort, appToken }] of Object.entries(props.apps)) {
    apps.set(name, {
      name,
      policy: sidecarPolicy(model, props.environment, name),
      channel: new AppChannel(appPort, appToken),
    });
  }
  const jobs = new JobRunner(store, (app) => apps.get(app)?.channel, log);
  const shared: Shared = { model, apps, store, broker, jobs, secrets: secretsFile(props.secretsFile) };
  const stopping = new AbortController();
  const servers = new Map<string, Server>();
  const close = async (): Promise<void> => {
    stopping.abort();
    await Promise.all([...servers.values()].map(end));
    await Promise.all([broker.close(), jobs.close()]);
    for (const { channel } of apps.values()) channel.close();
    await store.close();
  };
  try {
    for (const app of apps.values()) {
      const { apiToken = "", daprPort = 0 } = props.apps[app.name] ?? {};
      const server = sidecarServer(app, apiToken, shared);
      await listen(server, daprPort, app.name);
      servers.set(app.name, server);
    }
  } catch (error) {
    await close();
    throw error;
  }
  for (const app of apps.values()) startDeliveries(app, shared, stopping.signal, log);
  jobs.start();
  const ports = [...servers].map(([name, server]) => [name, (server.address() as AddressInfo).port] as const);
  return Object.freeze({ ports: Object.fromEntries(ports), close });
}

function startDeliveries(app: App, { model, broker }: Shared, signal: AbortSignal, log: (line: string) => void): void {
  const { name, policy, channel } = app;
  for (const [topic, { route, deadLetterTopic }] of policy.subscriptions) {
    broker.subscribe({ group: name, topic, route, deadLetterTopic, retry: policy.delivery, channel });
  }
  for (const [binding, schedule] of Object.entries(model.services[name]?.cron ?? {})) {
    void runCron(binding, schedule, channel, signal, (line) => log(`${name}: ${line}`));
  }
}

const listen = (server: Server, port: number, name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? new LocalError(`port ${port} of the sidecar of ${name} is taken`) : error),
    );
    server.listen(port, "127.0.0.1", resolve);
  });

const end = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
