/** Webhooks to addresses that users give: only to the internet, only to the address that was looked at. */
import { lookup } from "node:dns/promises";
import { type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Clock } from "#kit/clock";
import type { Delivery } from "../data/delivery-rows.ts";
import { isPublicAddress } from "../domain/public-address.ts";
import { sign } from "../domain/signature.ts";
import { hostAndPort, refusalOf } from "../domain/webhook-url.ts";
import { DeliveryError, type Sender } from "./sender.ts";

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** Every address that a name has. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

export interface WebhookProps {
  readonly signingKey: string;
  /** `host:port` that need not be public. */
  readonly trusted: readonly string[];
  readonly clock: Clock;
  readonly resolve?: Resolve;
}

const TIMEOUT_MS = 10_000;

const systemResolve: Resolve = (host) => lookup(host, { all: true });

/**
 * Posts JSON with the headers of Standard Webhooks; the id is the delivery's, the same for every attempt. Redirects are not
 * followed, and what comes back beside the status is not read.
 */
export function webhookSender({ signingKey, trusted, clock, resolve = systemResolve }: WebhookProps): Sender {
  return async (delivery, signal) => {
    const url = new URL(delivery.target);
    const refusal = refusalOf(url, trusted);
    if (refusal) throw new DeliveryError(`the address ${refusal}`, { forGood: true });
    const address = await pinned(url, trusted.includes(hostAndPort(url)), resolve);
    const body = JSON.stringify(bodyOf(delivery));
    const signed = sign(signingKey, delivery.user_id, { id: delivery.id, at: clock.now(), body });
    const headers = { ...signed, "content-type": "application/json", "user-agent": "todo-assistant" };
    const status = await post(url, address, { headers, body, signal });
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
async function pinned(url: URL, isTrusted: boolean, resolve: Resolve): Promise<Address> {
  const addresses = await resolve(url.hostname.replace(/^\[|\]$/g, "")).catch((cause: unknown) => {
    throw new DeliveryError("the host name cannot be resolved", { cause });
  });
  const [first] = addresses;
  if (!first) throw new DeliveryError("the host name cannot be resolved");
  if (!isTrusted && !addresses.every(({ address }) => isPublicAddress(address))) {
    throw new DeliveryError("the address must be reachable from the internet", { forGood: true });
  }
  return first;
}

interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

function post(url: URL, { address, family }: Address, { headers, body, signal }: Post): Promise<number> {
  const options: RequestOptions = {
    method: "POST",
    headers: { ...headers, "content-length": Buffer.byteLength(body) },
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    // A second look-up could answer with another address than the one that was checked.
    lookup: (_host, wanted, done) =>
      (wanted as { all?: boolean }).all ? done(null, [{ address, family }]) : done(null, address, family),
    agent: false,
  };
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    sent.once("error", (cause) => reject(new DeliveryError(reasonOf(cause), { cause })));
    sent.end(body);
  });
}

function reasonOf(error: Error & { code?: string }): string {
  if (error.name === "TimeoutError" || error.name === "AbortError") return "the receiver did not answer in 10 s";
  if (error.code?.startsWith("ERR_TLS") || error.code?.includes("CERT")) return "its certificate is not valid";
  return "the receiver cannot be reached";
}
