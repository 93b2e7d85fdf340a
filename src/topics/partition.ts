/**
 * The partition of a key as sidecars choose it: sarama's hash partitioner, FNV-1a in 32 bits, taken as a signed number and
 * made positive after the division. kafkajs' own partitioners hash with murmur2 and would put a key elsewhere.
 * @param partitions of the topic, at least 1
 */
export function partitionOf(key: string | Buffer, partitions: number): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return Math.abs((hash | 0) % partitions);
}
