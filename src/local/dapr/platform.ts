/** What the sidecars stand on: Kafka, Valkey, Dapr's certificate authority and its scheduler. */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { secretNames } from "#model/names";
import type { ReadSecret } from "./annotations.ts";
import type { RenderedDocuments } from "./documents.ts";
import {
  createAuthority,
  type Scheduler,
  type Sentry,
  startScheduler,
  startSentry,
  startValkey,
  temporaryFolder,
  type Valkey,
} from "./engines.ts";
import { type EnvironmentKafka, startEnvironmentKafka } from "./kafka.ts";

export interface Platform {
  readonly kafka: EnvironmentKafka;
  readonly valkey: Valkey;
  /** File with the certificate of who signed Valkey's. */
  readonly valkeyCa: string;
  readonly sentry: Sentry;
  readonly scheduler: Scheduler;
  /** What the operators and External Secrets would have put into the services' namespace. */
  readonly secret: ReadSecret;
}

export interface PlatformProps {
  readonly rendered: RenderedDocuments;
  readonly brokers: number;
  readonly apiToken: string;
  readonly appToken: string;
}

/** @param stack ends everything in the opposite order */
export async function startPlatform(stack: AsyncDisposableStack, props: PlatformProps): Promise<Platform> {
  const password = randomBytes(24).toString("base64url");
  const [kafka, [valkey, valkeyCa], [sentry, scheduler]] = await allStarted([
    startKafkaOn(stack, props),
    startValkeyOn(stack, password),
    startControlPlane(stack),
  ]);
  return { kafka, valkey, valkeyCa, sentry, scheduler, secret: secretsOf(props, kafka, password) };
}

/** Nothing is still starting when one of them has failed. */
export async function allStarted<const T extends readonly Promise<unknown>[]>(
  starts: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(starts);
  return Promise.all(starts);
}

async function startKafkaOn(
  stack: AsyncDisposableStack,
  { rendered, brokers }: PlatformProps,
): Promise<EnvironmentKafka> {
  const kafka = await startEnvironmentKafka(rendered, brokers);
  stack.defer(() => kafka.stop());
  return kafka;
}

async function startValkeyOn(stack: AsyncDisposableStack, password: string): Promise<readonly [Valkey, string]> {
  const folder = temporaryFolder("valkey-ca");
  stack.defer(() => folder.remove());
  const authority = await createAuthority(folder.path, "valkey-ca");
  const file = join(folder.path, "ca.crt");
  writeFileSync(file, authority.certificate);
  const valkey = await startValkey({ password, authority });
  stack.defer(() => valkey.stop());
  return [valkey, file];
}

async function startControlPlane(stack: AsyncDisposableStack): Promise<readonly [Sentry, Scheduler]> {
  const sentry = await startSentry();
  stack.defer(() => sentry.stop());
  const scheduler = await startScheduler({ sentry });
  stack.defer(() => scheduler.stop());
  return [sentry, scheduler];
}

function secretsOf(
  { rendered, apiToken, appToken }: PlatformProps,
  kafka: EnvironmentKafka,
  password: string,
): ReadSecret {
  const secrets: Record<string, Readonly<Record<string, string>>> = { [secretNames.stateStore]: { password } };
  for (const service of rendered.annotations.keys()) {
    secrets[secretNames.daprApiToken(service)] = { token: apiToken };
    secrets[secretNames.appApiToken(service)] = { token: appToken };
  }
  for (const { metadata } of rendered.kafkaUsers) {
    const { certificate, key } = kafka.credentialsOf(metadata.name);
    secrets[secretNames.kafka(metadata.name)] = { "ca.crt": kafka.ca, "user.crt": certificate, "user.key": key };
  }
  return (name, key) => {
    const value = secrets[name]?.[key];
    if (value === undefined) throw new TypeError(`nothing on this machine makes the key ${key} of the Secret ${name}`);
    return value;
  };
}
