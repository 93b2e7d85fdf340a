import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { partitionOf } from "#topics/partition";

/** FNV-1a in 32 bits by its definition, in unbounded numbers. */
function fnv1a(text: string): bigint {
  let hash = 2166136261n;
  for (const byte of Buffer.from(text)) hash = ((hash ^ BigInt(byte)) * 16777619n) % 2n ** 32n;
  return hash;
}

describe("the partition of a key", () => {
  test("hashes as FNV-1a does", () => {
    // From the test vectors of the algorithm's authors: "a" is e40c292c, "foobar" is bf9cf968; both are negative as int32.
    expect(partitionOf("a", 1_000)).toBe(Math.abs((0xe40c292c | 0) % 1_000));
    expect(partitionOf("foobar", 1_000)).toBe(Math.abs((0xbf9cf968 | 0) % 1_000));
  });

  test("is the signed remainder without its sign, for any key", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 64 }), (key, partitions) => {
        const remainder = BigInt.asIntN(32, fnv1a(key)) % BigInt(partitions);
        expect(partitionOf(key, partitions)).toBe(Number(remainder < 0n ? -remainder : remainder));
      }),
    );
  });
});
