/** A short-lived connection to an environment's Kafka. */

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import kafkajs, { type Admin, type ISocketFactory, type Kafka, type SASLOptions } from "kafkajs";
import type { Environment } from "#model/environment";
import { kafkaAuthentication, kafkaBootstrap, saslMechanism } from "#model/kafka-connection";
import { UserError } from "#model/user-error";
import { explained } from "./failures.ts";
import { type Address, lookAt, parseAddress, refusalOf, routeTo } from "./forwarded.ts";

export interface KafkaOptions {
  readonly environment: Environment;
  /** `host:port`, several with commas. @default what the environment's services start from */
  readonly brokers?: string | undefined;
  /** Files in PEM. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** KAFKA_USERNAME and KAFKA_PASSWORD. */
  readonly variables: NodeJS.ProcessEnv;
}

export interface KafkaAccess {
  readonly kafka: Kafka;
  readonly admin: Admin;
  /** Who we are to the authorizer, e.g. `User:CN=kafka-ui`. */
  readonly principal: string;
}

/** Connects, works and disconnects. @throws UserError for all that a person can mend */
export async function withKafka<T>(options: KafkaOptions, work: (access: KafkaAccess) => Promise<T>): Promise<T> {
  const where = options.brokers ?? kafkaBootstrap(options.environment);
  const brokers = where.split(",").map(parseAddress);
  const ssl = tlsOf(options);
  const sasl = saslOf(options);
  try {
    const kafka = new kafkajs.Kafka({
      clientId: "topics",
      brokers: brokers.map(({ host, port }) => `${host}:${port}`),
      connectionTimeout: 10_000,
      requestTimeout: 30_000,
      retry: { initialRetryTime: 200, retries: 3 },
      logLevel: kafkajs.logLevel.NOTHING,
      ...(ssl ? { ssl, socketFactory: await forwardingSockets(brokers, ssl, options.environment) } : {}),
      ...(sasl ? { sasl } : {}),
    });
    const admin = kafka.admin();
    await admin.connect();
    try {
      return await work({ kafka, admin, principal: principalOf(ssl, sasl) });
    } finally {
      await admin.disconnect();
    }
  } catch (error) {
    throw explained(error, where, ssl?.cert !== undefined);
  }
}

function tlsOf({ environment, ca, cert, key }: KafkaOptions): ConnectionOptions | undefined {
  if ((cert === undefined) !== (key === undefined)) {
    throw new UserError("a certificate goes with its key", "Give both --cert and --key, or neither");
  }
  const managed = kafkaAuthentication(environment) === "password";
  if (!managed && ca === undefined && cert === undefined) return undefined;
  return {
    ...(ca === undefined ? {} : { ca: read("--ca", ca) }),
    ...(cert === undefined ? {} : { cert: read("--cert", cert) }),
    ...(key === undefined ? {} : { key: read("--key", key) }),
  };
}

function read(option: string, path: string): string {
  try {
    const text = readFileSync(path, "utf8");
    if (text.includes("-----BEGIN ")) return text;
  } catch (cause) {
    throw new UserError(`${option} ${path} cannot be read`, "Name a file in PEM", { cause });
  }
  throw new UserError(`${option} ${path} is not in PEM`, "Decode what Kubernetes keeps in base64 first");
}

function saslOf({ environment, variables }: KafkaOptions): SASLOptions | undefined {
  if (kafkaAuthentication(environment) !== "password") return undefined;
  const { KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = variables;
  if (!username || !password) {
    throw new UserError(
      `${environment.name}'s Kafka wants a user name and a password`,
      "Set KAFKA_USERNAME and KAFKA_PASSWORD",
    );
  }
  return { mechanism: saslMechanism(environment) === "SHA-256" ? "scram-sha-256" : "plain", username, password };
}

async function forwardingSockets(
  brokers: readonly Address[],
  ssl: ConnectionOptions,
  environment: Environment,
): Promise<ISocketFactory> {
  const { host: bootstrap } = parseAddress(kafkaBootstrap(environment));
  const forwarded = await lookAt(brokers, ssl, [bootstrap]);
  return ({ host, port, onConnect }) => {
    // A given address stands for the cluster; what brokers call themselves afterwards has to be in the certificate.
    const isGiven = brokers.some((each) => each.host === host && each.port === port);
    const names = isGiven ? [host, bootstrap] : [host];
    const socket = connectTls(
      {
        ...ssl,
        ...routeTo(host, port, forwarded),
        ...(isIP(host) ? {} : { servername: host }),
        checkServerIdentity: (_name, certificate) => refusalOf(names, certificate),
      },
      onConnect,
    );
    socket.setKeepAlive(true, 60_000);
    return socket;
  };
}

function principalOf(ssl: ConnectionOptions | undefined, sasl: SASLOptions | undefined): string {
  if (sasl && "username" in sasl) return `User:${sasl.username}`;
  if (typeof ssl?.cert !== "string") return "User:ANONYMOUS";
  // Node prints the least specific part first, Kafka (RFC 2253) last.
  return `User:${new X509Certificate(ssl.cert).subject.split("\n").reverse().join(",")}`;
}
