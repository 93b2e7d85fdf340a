import { context, createContextKey } from "@opentelemetry/api";

const REQUEST_ID = createContextKey("todo request id");

/** The id of the request that is being answered, to be passed on to other services. */
export const currentRequestId = (): string | undefined => {
  const id = context.active().getValue(REQUEST_ID);
  return typeof id === "string" ? id : undefined;
};

export const withRequestId = <T>(id: string, work: () => Promise<T>): Promise<T> =>
  context.with(context.active().setValue(REQUEST_ID, id), work);
