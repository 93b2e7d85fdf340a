import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { genesisOf, linkHash, newSalt, payloadDigest } from "#services/audit/domain/chain";
import { ChainCheck, type Head, type KeptLink } from "#services/audit/domain/check-chain";

const USER = "alice";

interface Chain {
  readonly links: readonly KeptLink[];
  readonly head: Head;
}

const event = fc.record({
  id: fc.uuid(),
  type: fc.constantFrom("dev.todo.task.created.v1", "dev.todo.task.updated.v1", "dev.todo.task.deleted.v1"),
  time: fc.date({ noInvalidDate: true, min: new Date("2020-01-01"), max: new Date("2040-01-01") }),
  taskId: fc.option(fc.uuid()),
  payload: fc.string({ unit: "binary", maxLength: 50 }),
});

const chains = fc.uniqueArray(event, { minLength: 1, maxLength: 20, selector: ({ id }) => id }).map((events): Chain => {
  let hash = genesisOf(USER);
  const links = events.map(({ taskId, payload, ...rest }, i): KeptLink => {
    const salt = newSalt();
    const link = { ...rest, sequence: i + 1, digest: payloadDigest(salt, taskId, payload) };
    hash = linkHash(hash, link);
    return { ...link, userId: USER, hash, readable: { userId: USER, taskId, time: rest.time, salt, payload } };
  });
  return { links, head: { sequence: links.length, hash } };
});

function check({ links, head }: { links: readonly KeptLink[]; head: Head | undefined }, isErased = false) {
  const checked = new ChainCheck(USER, { isErased });
  for (const link of [...links].sort((a, b) => a.sequence - b.sequence)) checked.link(link);
  checked.end(head);
  return checked;
}

const flipped = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte, i) => (i === 7 ? byte ^ 1 : byte)));

/** Each makes another row of a row. */
const alterations: Record<string, (link: KeptLink) => Partial<KeptLink>> = {
  id: ({ id }) => ({ id: `${id.slice(0, -1)}${id.endsWith("0") ? "1" : "0"}` }),
  type: () => ({ type: "dev.todo.task.restored.v1" }),
  time: ({ time }) => ({ time: new Date(time.getTime() + 1) }),
  digest: ({ digest }) => ({ digest: flipped(digest) }),
  hash: ({ hash }) => ({ hash: flipped(hash ?? Buffer.alloc(32)) }),
  noHash: () => ({ hash: null }),
};

describe("a chain of any events", () => {
  it("verifies as it was made, and after erasure without its payloads", () => {
    fc.assert(
      fc.property(chains, ({ links, head }) => {
        expect(check({ links, head }).breaks).toEqual([]);
        const erased = links.map(({ readable: _, ...link }) => link);
        expect(check({ links: erased, head }, true).breaks).toEqual([]);
        expect(check({ links: erased, head }).breaks).toHaveLength(links.length);
      }),
    );
  });

  it("tells which row was altered, and no other", () => {
    fc.assert(
      fc.property(chains, fc.nat(), fc.constantFrom(...Object.keys(alterations)), ({ links, head }, at, what) => {
        const index = at % links.length;
        const altered = links.map((link, i) => (i === index ? { ...link, ...alterations[what]?.(link) } : link));
        const { breaks, broken } = check({ links: altered, head });
        expect(broken).toBeGreaterThan(0);
        expect(new Set(breaks.map(({ sequence }) => sequence))).toEqual(new Set([index + 1]));
        expect(breaks.map(({ kind }) => kind)).toContain("altered");
      }),
    );
  });

  it("misses rows that were taken out, as many as were", () => {
    fc.assert(
      fc.property(chains, fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), ({ links, head }, keep) => {
        const left = links.filter((_, i) => keep[i]);
        const { breaks, lost } = check({ links: left, head });
        expect(lost).toBe(links.length - left.length);
        expect(breaks.length === 0).toBe(left.length === links.length);
        expect(breaks.map(({ kind }) => kind).every((kind) => kind === "missing" || kind === "tail-missing")).toBe(
          true,
        );
      }),
    );
  });

  it("notices every other order", () => {
    fc.assert(
      fc.property(chains, fc.nat(), fc.nat(), ({ links, head }, a, b) => {
        const [from, to] = [a % links.length, b % links.length];
        fc.pre(from !== to);
        const places = links.map(({ sequence }) => sequence);
        [places[from], places[to]] = [places[to] ?? 0, places[from] ?? 0];
        const swapped = links.map((link, i) => ({ ...link, sequence: places[i] ?? 0 }));
        expect(check({ links: swapped, head }).breaks.length).toBeGreaterThan(0);
      }),
    );
  });

  it("is that of its user and of no other", () => {
    fc.assert(
      fc.property(chains, ({ links, head }) => {
        const other = new ChainCheck("mallory", { isErased: false });
        for (const link of links) other.link(link);
        other.end(head);
        expect(other.breaks[0]).toMatchObject({ kind: "altered", sequence: 1 });
      }),
    );
  });

  it("has a head that cannot be another", () => {
    fc.assert(
      fc.property(chains, fc.integer({ min: 1, max: 40 }), ({ links, head }, sequence) => {
        expect(check({ links, head: { ...head, hash: flipped(head.hash) } }).breaks).toHaveLength(1);
        expect(check({ links, head: undefined }).breaks).toHaveLength(1);
        expect(check({ links, head: { ...head, sequence } }).breaks).toHaveLength(sequence === head.sequence ? 0 : 1);
      }),
    );
  });
});
