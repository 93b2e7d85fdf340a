/**
 * The arithmetic of the chain. A link commits to the one before it and, by a salted digest, to the event's payload: without
 * payload and salt the chain still verifies, and tells nothing of what was erased.
 */
import { createHash, createHmac, randomBytes } from "node:crypto";

const SALT_BYTES = 32;

export const newSalt = (): Buffer => randomBytes(SALT_BYTES);

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

/**
 * HMAC-SHA-256 (RFC 2104) keyed by the salt over `<task id or nothing>\n<payload>`.
 * @param taskId the column beside the payload, so that it cannot be altered either
 */
export const payloadDigest = (salt: Buffer, taskId: string | null, payload: string): Buffer =>
  createHmac("sha256", salt)
    .update(`${taskId ?? ""}\n${payload}`)
    .digest();

/** What a chain begins with: chains of two users cannot be exchanged. */
export const genesisOf = (userId: string): Buffer => sha256(`dev.todo.audit.chain.v1\n${userId}`);

export interface Link {
  /** From 1, without gaps. */
  readonly sequence: number;
  readonly id: string;
  readonly type: string;
  readonly time: Date;
  readonly digest: Buffer;
}

/** SHA-256 over a JSON array, whose quoting leaves no two links alike. */
export const linkHash = (previous: Buffer, { sequence, id, type, time, digest }: Link): Buffer =>
  sha256(JSON.stringify([previous.toString("hex"), sequence, id, type, time.toISOString(), digest.toString("hex")]));

export interface Seal {
  /** From 1, without gaps. */
  readonly number: number;
  readonly sealedAt: Date;
  /** How many links it holds. */
  readonly events: number;
  /** SHA-256 over their hashes in the order of recording. */
  readonly digest: Buffer;
}

export const GENESIS_OF_SEALS = sha256("dev.todo.audit.seals.v1");

export const sealHash = (previous: Buffer, { number, sealedAt, events, digest }: Seal): Buffer =>
  sha256(JSON.stringify([previous.toString("hex"), number, sealedAt.toISOString(), events, digest.toString("hex")]));

export const digestOfLinks = (hashes: readonly Buffer[]): Buffer =>
  createHash("sha256").update(Buffer.concat(hashes)).digest();
