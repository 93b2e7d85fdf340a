/** The type of a Hono app that serves an API, so that `hc<HonoAppOf<typeof tasksApi>>(...)` of hono/client is typed by it. */
import type { Hono } from "hono";
import type { BlankEnv } from "hono/types";
import type { HttpApi, JsonResponse, OperationProps, StreamResponse } from "./define.ts";

type InputOf<S> = S extends { readonly _zod: { readonly input: infer T } } ? T : never;
type OutputOf<S> = S extends { readonly _zod: { readonly output: infer T } } ? T : never;

/** hono/client sends what it is given as text. */
type Texts<T> = { [K in keyof T]: T[K] extends readonly unknown[] | undefined ? string | string[] : string };

type Input<O extends OperationProps> = (O extends { readonly params: infer P }
  ? { param: Texts<InputOf<P>> }
  : unknown) &
  (O extends { readonly query: infer Q } ? { query: Texts<InputOf<Q>> } : unknown) &
  (O extends { readonly body: infer B } ? { json: InputOf<B> } : unknown) &
  (O extends { readonly ifMatch: "required" } ? { header: { "if-match": string } } : unknown) &
  (O extends { readonly idempotencyKey: "required" } ? { header: { "idempotency-key": string } } : unknown);

type Endpoint<O extends OperationProps> = {
  [Status in keyof O["responses"]]: {
    input: unknown extends Input<O> ? Record<never, never> : Input<O>;
    output: O["responses"][Status] extends JsonResponse<infer S> ? OutputOf<S> : Record<never, never>;
    outputFormat: O["responses"][Status] extends JsonResponse
      ? "json"
      : O["responses"][Status] extends StreamResponse
        ? "body"
        : string;
    status: Status & number;
  };
}[keyof O["responses"]];

type Operations<A extends HttpApi> = A["operations"][keyof A["operations"]];

type SchemaOf<A extends HttpApi> = {
  [Path in Operations<A>["path"]]: {
    [O in Extract<Operations<A>, { readonly path: Path }> as `$${O["method"]}`]: Endpoint<O>;
  };
};

export type HonoAppOf<A extends HttpApi> = Hono<BlankEnv, SchemaOf<A>, "/">;
