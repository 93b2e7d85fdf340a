/** What Kafka and the way to it refuse, in one line with what helps. */
import type { Acl } from "#model/acls";
import { UserError } from "#model/user-error";

/** What a request needs: an ACL of a service's kind, or one on the cluster itself. */
export type NeededAcl =
  | { readonly resource: Acl["resource"]; readonly operation: Acl["operations"][number] }
  | { readonly resource: { readonly type: "cluster" }; readonly operation: "Describe" };

const needText = ({ resource, operation }: NeededAcl): string =>
  `${operation} on ${resource.type === "cluster" ? "the cluster" : `${resource.type} ${resource.name}`}`;

/** Of kafkajs' errors, by shape: it exports their classes without their fields. */
interface KafkaFailure extends Error {
  readonly type?: string;
  readonly code?: number | string;
}

/** An error and its causes, the outermost first. */
export function causesOf(error: unknown): KafkaFailure[] {
  const chain: KafkaFailure[] = [];
  for (let at = error; at instanceof Error && !chain.includes(at); at = at.cause) chain.push(at);
  return chain;
}

const hasName = (error: unknown, wanted: string): boolean => causesOf(error).some(({ name }) => name === wanted);

/** Kafka's name of an error, e.g. `TOPIC_AUTHORIZATION_FAILED`; absent where no broker answered with one. */
export const kafkaErrorType = (error: unknown): string | undefined =>
  causesOf(error).find(({ type }) => typeof type === "string")?.type;

/**
 * Runs a request whose refusal for want of an ACL is told as just that.
 * @param refusedAs what Kafka's error is about. @default the ACL's resource
 */
export async function needing<T>(
  principal: string,
  acl: NeededAcl,
  request: () => Promise<T>,
  refusedAs: NeededAcl["resource"]["type"] = acl.resource.type,
): Promise<T> {
  try {
    return await request();
  } catch (cause) {
    const isRefused = kafkaErrorType(cause) === `${refusedAs.toUpperCase()}_AUTHORIZATION_FAILED`;
    // kafkajs swallows why no broker told it a group's coordinator.
    const isMaybeRefused = refusedAs === "group" && hasName(cause, "KafkaJSGroupCoordinatorNotFound");
    if (!isRefused && !isMaybeRefused) throw cause;
    throw new UserError(
      `${principal} lacks an ACL: ${needText(acl)}${isMaybeRefused ? " (or Kafka has no coordinator for it now)" : ""}`,
      "`npm run topics -- access` prints a user that has what each verb needs",
      { cause },
    );
  }
}

interface Reason {
  readonly pattern: RegExp;
  readonly message: (where: string) => string;
  readonly remedy: string;
}

const FORWARD = "Name brokers that this machine reaches with --brokers, for instance forwarded ports";

/** Matched against code, name and message of the error and its causes; the first that fits is told. */
const reasons: readonly Reason[] = [
  {
    pattern: /ECONNREFUSED/,
    message: (where) => `nothing listens at ${where}`,
    remedy: FORWARD,
  },
  {
    pattern: /ENOTFOUND|EAI_AGAIN/,
    message: (where) => `the name in ${where} cannot be resolved here`,
    remedy: FORWARD,
  },
  {
    pattern: /CERT_HAS_EXPIRED/,
    message: (where) => `the certificate of ${where} has ended`,
    remedy: "See the alert KafkaCertificateExpires in docs/runbook.md",
  },
  {
    pattern: /SELF_SIGNED|self.signed|UNABLE_TO_(GET|VERIFY)|unable to (get|verify)/,
    message: (where) => `nobody that is trusted vouches for the certificate of ${where}`,
    remedy: "Give the brokers' authority by --ca, ca.crt of the Secret todo-kafka-cluster-ca-cert",
  },
  {
    pattern: /ALTNAME/,
    message: (where) => `the certificate of ${where} is for another name`,
    remedy: "Name the brokers of this environment, or the environment of these brokers",
  },
  {
    pattern: /WRONG_VERSION_NUMBER|packet length too long|before secure TLS connection/i,
    message: (where) => `${where} does not speak TLS`,
    remedy: "Leave out --ca, --cert and --key, or name the port with TLS",
  },
  {
    pattern: /SASL|authentication failed/i,
    message: (where) => `${where} refuses the user name or the password`,
    remedy: "Set KAFKA_USERNAME and KAFKA_PASSWORD to those of a user of this Kafka",
  },
  {
    pattern: /UNSUPPORTED_VERSION|KafkaJSServerDoesNotSupportApiKey/,
    message: (where) => `${where} does not offer what this needs`,
    remedy: "Use a Kafka that does; Event Hubs offers only a part of it",
  },
  {
    pattern: /ETIMEDOUT|timeout|timed out/i,
    message: (where) => `no answer from ${where}`,
    remedy: FORWARD,
  },
  {
    pattern: /KafkaJSConnection|Closed connection|ECONNRESET|socket hang up/,
    message: (where) => `${where} closed the connection`,
    remedy: "Is it a broker, and does it want TLS (--ca, --cert, --key) or a password (KAFKA_USERNAME, KAFKA_PASSWORD)",
  },
];

/** Alerts by which the other end refuses the certificate that it got, or that it got none: Java says "bad" to both. */
const REFUSED_CERTIFICATE =
  /certificate.?required|alert (bad )?certificate|unknown.?ca|certificate.?(unknown|expired)/i;

function refusedCertificate(where: string, cause: Error, hasCertificate: boolean): UserError {
  return hasCertificate
    ? new UserError(
        `${where} does not accept this certificate: it has ended, or another authority signed it`,
        "Take user.crt and user.key of the KafkaUser's Secret anew",
        { cause },
      )
    : new UserError(
        `${where} wants a client's certificate`,
        "Give --cert and --key, user.crt and user.key of a KafkaUser's Secret",
        { cause },
      );
}

/**
 * @param hasCertificate whether we gave one
 * @returns a UserError where the failure has a known reason, else the error as it was
 */
export function explained(error: unknown, where: string, hasCertificate = true): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  const text = causesOf(error)
    .map(({ name, code, message }) => `${name} ${code ?? ""} ${message}`)
    .join("\n");
  if (REFUSED_CERTIFICATE.test(text)) return refusedCertificate(where, error, hasCertificate);
  const reason = reasons.find(({ pattern }) => pattern.test(text));
  if (reason) return new UserError(reason.message(where), reason.remedy, { cause: error });
  const type = kafkaErrorType(error);
  if (!type && !/^KafkaJS/.test(error.name)) return error;
  return new UserError(`Kafka answered: ${error.message}`, "See Kafka's log and its alerts", { cause: error });
}
