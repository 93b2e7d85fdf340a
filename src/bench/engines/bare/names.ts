/** What the bare chain is called beside the product. */

export const bareTopic = "bench-echo";

/** Publishes and calls. */
export const frontApp = "bench-front";

/** Subscribers of the bare topic; the first is also who is called. */
export const backApp = (index: number): string => `bench-back-${index}`;
