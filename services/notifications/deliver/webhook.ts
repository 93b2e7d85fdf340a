/** Webhooks to addresses that users give: only to the internet, only to the addresses that were looked at. */
import { type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Clock } from "#kit/clock";
import type { Delivery } from "../data/delivery-rows.ts";
import { isPublicAddress } from "../domain/public-address.ts";
import { sign } from "../domain/signature.ts";
import { hostAndPort, refusalOf } from "../domain/webhook-url.ts";
import { type Address, publicResolve, type Resolve, systemResolve } from "./resolve.ts";
import { DeliveryError, type Sender } from "./sender.ts";

export interface WebhookProps {
  readonly signingKey: string;
  /** `host:port` that need not be public. */
  readonly trusted: readonly string[];
  readonly clock: Clock;
  /** @default DNS, or for trusted hosts what this machine knows by that name */
  readonly resolve?: Resolve;
}

const TIMEOUT_MS = 10_000;

/**
 * Posts JSON with the headers of Standard Webhooks; the id is the delivery's, the same for every attempt. Redirects are not
 * followed, and what comes back beside the status is not read.
 */
export function webhookSender({ signingKey, trusted, clock, resolve }: WebhookProps): Sender {
  return async (delivery) => {
    const url = new URL(delivery.target);
    const refusal = refusalOf(url, trusted);
    if (refusal) throw new DeliveryError(`the address ${refusal}`, { forGood: true });
    const isTrusted = trusted.includes(hostAndPort(url));
    const addresses = await looked(url, isTrusted, resolve ?? (isTrusted ? systemResolve : publicResolve));
    const body = JSON.stringify(bodyOf(delivery));
    const signed = sign(signingKey, delivery.user_id, { id: delivery.id, at: clock.now(), body });
    const headers = { ...signed, "content-type": "application/json", "user-agent": "todo-assistant" };
    const status = await post(url, addresses, { headers, body });
    if (status === 410) throw new DeliveryError("the receiver answered 410: it wants no more", { forGood: true });
    if (status < 200 || status > 299) throw new DeliveryError(`the receiver answered ${status}`);
  };
}

const bodyOf = ({ id, message, notification_id: notificationId }: Delivery): object => {
  if (message?.kind !== "reminder") return { type: "test", id };
  const { kind: _, sentAt, ...data } = message;
  return { type: "reminder", timestamp: sentAt, data: { ...data, notificationId } };
};

/** One private address among several is enough to refuse: which of them is used would be the name server's choice. */
async function looked(url: URL, isTrusted: boolean, resolve: Resolve): Promise<readonly Address[]> {
  const addresses = await resolve(url.hostname.replace(/^\[|\]$/g, "")).catch((cause: unknown) => {
    throw new DeliveryError("the host name cannot be resolved", { cause });
  });
  if (addresses.length === 0) throw new DeliveryError("the host name cannot be resolved");
  if (!isTrusted && !addresses.every(({ address }) => isPublicAddress(address))) {
    throw new DeliveryError("the address must be reachable from the internet", { forGood: true });
  }
  return addresses;
}

interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function post(url: URL, addresses: readonly Address[], { headers, body }: Post): Promise<number> {
  const [first] = addresses;
  const options: RequestOptions = {
    method: "POST",
    headers: { ...headers, "content-length": Buffer.byteLength(body) },
    signal: AbortSignal.timeout(TIMEOUT_MS),
    // A second look-up could answer with other addresses than those that were checked. Of several the first that answers is used.
    lookup: (_host, { all }, done) =>
      all ? done(null, [...addresses]) : done(null, first?.address ?? "", first?.family),
    agent: false,
  };
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    // Also after the answer: a connection that breaks while it is closed must find somebody to tell.
    sent.on("error", (cause) => reject(new DeliveryError(reasonOf(cause), { cause })));
    sent.end(body);
  });
}

function reasonOf(error: Error & { code?: string }): string {
  if (error.name === "TimeoutError" || error.name === "AbortError") return "the receiver did not answer in 10 s";
  if (error.code?.startsWith("ERR_TLS") || error.code?.includes("CERT")) return "its certificate is not valid";
  return "the receiver cannot be reached";
}
