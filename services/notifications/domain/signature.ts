/** Signatures of webhooks, as Standard Webhooks describes them. */
import { createHmac } from "node:crypto";

/** A key of the user's own: who knows one user's secret can sign for nobody else. */
const keyOf = (signingKey: string, userId: string): Buffer =>
  createHmac("sha256", signingKey).update(`webhook ${userId}`).digest();

/** What the receiver verifies with. */
export const signingSecretOf = (signingKey: string, userId: string): string =>
  `whsec_${keyOf(signingKey, userId).toString("base64")}`;

export interface Signed {
  readonly "webhook-id": string;
  /** Seconds since 1970. */
  readonly "webhook-timestamp": string;
  readonly "webhook-signature": string;
}

export function sign(
  signingKey: string,
  userId: string,
  { id, at, body }: { readonly id: string; readonly at: Date; readonly body: string },
): Signed {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = createHmac("sha256", keyOf(signingKey, userId)).update(`${id}.${timestamp}.${body}`);
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature.digest("base64")}`,
  };
}
