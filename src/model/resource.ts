/** What services use besides each other: stores, secrets and hosts outside the cluster. */

export type StoreKind = "postgresql" | "dapr-state";

export interface Store<K extends StoreKind = StoreKind> {
  readonly kind: K;
  readonly purpose: string;
}

/** PostgreSQL: one database, one schema and one role a service; the connection string is derived, not declared. */
export const postgresql = (purpose: string): Store<"postgresql"> => Object.freeze({ kind: "postgresql", purpose });

/** The Dapr state store component. */
export const daprState = (purpose: string): Store<"dapr-state"> => Object.freeze({ kind: "dapr-state", purpose });

export interface Secret {
  readonly kind: "secret";
  readonly purpose: string;
  /** `random`: the seeding command generates it. `given`: only an operator knows it. */
  readonly source: "random" | "given";
  /** The service runs without it, with less. @default false */
  readonly optional: boolean;
}

export const randomSecret = (purpose: string): Secret =>
  Object.freeze({ kind: "secret", purpose, source: "random", optional: false });

export const givenSecret = (purpose: string, options: { readonly optional: boolean }): Secret =>
  Object.freeze({ kind: "secret", purpose, source: "given", optional: options.optional });

/** A host, or any host, that a service may open connections to. Network policies know ports and ranges, no names. */
export interface OutsideHost {
  readonly kind: "outside-host";
  readonly purpose: string;
  /** DNS name for people, or `*` where users choose the host. */
  readonly host: string;
  readonly port: number;
}

export const outsideHost = (props: Omit<OutsideHost, "kind">): OutsideHost =>
  Object.freeze({ kind: "outside-host", ...props });
