/** Verifies chains: pure, link by link, so that a chain of any length needs no memory. */
import { type ChainBreak, MAX_BREAKS } from "#contracts/http/audit";
import { genesisOf, type Link, linkHash, payloadDigest } from "./chain.ts";

/** A link as it is kept, with what can be read of it. */
export interface KeptLink extends Link {
  readonly userId: string;
  readonly hash: Buffer | null;
  /** Undefined when there is none: after erasure only. */
  readonly readable?: Readable | undefined;
}

interface Readable {
  readonly userId: string;
  readonly taskId: string | null;
  readonly time: Date;
  readonly salt: Buffer;
  readonly payload: string;
}

export interface Head {
  readonly sequence: number;
  readonly hash: Buffer;
}

/** One user's chain. Give it the links in the order of their sequence, then the head. */
export class ChainCheck {
  /** The first `MAX_BREAKS`. */
  readonly breaks: ChainBreak[] = [];
  /** How many there are. */
  broken = 0;
  /** Links that are gone, which seals must miss too. */
  lost = 0;
  readonly #isErased: boolean;
  #sequence = 0;
  /** What the next link may refer to. Of an altered link it is not known whether its hash was or what it is made of. */
  #hashes: readonly Buffer[];

  constructor(userId: string, options: { readonly isErased: boolean }) {
    this.#isErased = options.isErased;
    this.#hashes = [genesisOf(userId)];
  }

  /** Of the last link; undefined before the first. */
  get last(): Head | undefined {
    const [hash] = this.#hashes;
    return this.#sequence > 0 && hash ? { sequence: this.#sequence, hash } : undefined;
  }

  link(link: KeptLink): void {
    const expected = this.#sequence + 1;
    const hash = link.hash ?? Buffer.alloc(0);
    const computed = this.#hashes.map((previous) => linkHash(previous, link));
    this.#hashes = [hash];
    if (link.sequence > expected) {
      const gap = link.sequence - expected;
      this.#report("missing", expected, gap === 1 ? "the event is gone" : `${gap} events from here on are gone`);
      this.lost += gap;
    } else if (!computed.some((right) => right.equals(hash))) {
      this.#report("altered", link.sequence, `event ${link.id} is not what was chained here`);
      this.#hashes = [hash, ...computed];
    }
    this.#checkPayload(link);
    this.#sequence = link.sequence;
  }

  /** @param head undefined when none is kept */
  end(head: Head | undefined): void {
    const sequence = this.#sequence;
    if (!head) {
      if (sequence > 0) this.#report("head-altered", sequence, "the record of the last event is gone");
    } else if (head.sequence > sequence) {
      this.#report("tail-missing", sequence + 1, `the chain ends at ${sequence}, and had ${head.sequence} events`);
      this.lost += head.sequence - sequence;
    } else if (head.sequence < sequence || !this.#hashes.some((hash) => hash.equals(head.hash))) {
      this.#report("head-altered", head.sequence, "the record of the last event is not that of this chain");
    }
  }

  #checkPayload({ sequence, id, userId, time, digest, readable }: KeptLink): void {
    if (!readable) {
      if (!this.#isErased) this.#report("payload-missing", sequence, `what event ${id} said is gone`);
      return;
    }
    const { salt, taskId, payload } = readable;
    const fits =
      readable.userId === userId &&
      readable.time.getTime() === time.getTime() &&
      payloadDigest(salt, taskId, payload).equals(digest);
    if (!fits) this.#report("payload-altered", sequence, `what event ${id} said was changed`);
  }

  #report(kind: ChainBreak["kind"], sequence: number, detail: string): void {
    this.broken++;
    if (this.breaks.length < MAX_BREAKS) this.breaks.push({ kind, sequence, detail });
  }
}
