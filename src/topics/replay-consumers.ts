/** Services that pass `replays: "accept"` to `subscribe`; to all others an event with a replay id never happened. */
const accepting: readonly string[] = ["audit"];

export const acceptsReplays = (service: string): boolean => accepting.includes(service);
