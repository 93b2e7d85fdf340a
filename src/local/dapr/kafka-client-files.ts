/** Files with which any other client connects to the Kafka of `npm run start:dapr`. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { EnvironmentKafka } from "./kafka.ts";

/** Settings for `kafka-*.sh` and other clients in Java. */
export const JAVA_SETTINGS = "client.properties";
/** Settings for kcat and other clients on librdkafka. */
export const LIBRDKAFKA_SETTINGS = "librdkafka.conf";

/** Java reads certificate and key from one file. */
const KEYSTORE = "user.pem";

/**
 * Writes a folder for each user: `ca.crt`, `user.crt` and `user.key` as in the Secret of a KafkaUser, and settings that name them. What
 * another run left is taken away, as its authority has ended with it.
 */
export function writeClientFiles(folder: string, { kafka, users, ca, credentialsOf }: EnvironmentKafka): void {
  const bootstrap = kafka.bootstrap.join(",");
  rmSync(folder, { recursive: true, force: true });
  for (const user of users) {
    const own = resolve(folder, user);
    mkdirSync(own, { recursive: true, mode: 0o700 });
    const at = (name: string): string => join(own, name);
    const { certificate, key } = credentialsOf(user);
    const files = {
      "ca.crt": ca,
      "user.crt": certificate,
      "user.key": key,
      [KEYSTORE]: key + certificate,
      [JAVA_SETTINGS]: settings({
        "bootstrap.servers": bootstrap,
        "security.protocol": "SSL",
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": at("ca.crt"),
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": at(KEYSTORE),
      }),
      [LIBRDKAFKA_SETTINGS]: settings({
        "bootstrap.servers": bootstrap,
        "security.protocol": "ssl",
        "ssl.ca.location": at("ca.crt"),
        "ssl.certificate.location": at("user.crt"),
        "ssl.key.location": at("user.key"),
      }),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text, { mode: 0o600 });
  }
}

const settings = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
