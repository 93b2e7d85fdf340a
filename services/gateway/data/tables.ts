/** Rows of the gateway. `users`, `sessions`, `accounts` and `verifications` are read and written by better-auth too. */
import type { Generated } from "kysely";
import type { KitTables } from "#kit/kit-tables";

export interface UsersTable {
  readonly id: string;
  readonly name: string;
  /** Lower case. */
  readonly email: string;
  readonly email_verified: boolean;
  readonly image: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly time_zone: Generated<string>;
  readonly locale: Generated<string>;
  readonly day_start: Generated<string>;
  /** Of the settings: counted by the trigger, carried by `user-events`. */
  readonly version: Generated<number>;
}

export interface SessionsTable {
  readonly id: string;
  readonly user_id: string;
  readonly token: string;
  readonly expires_at: Date;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
}

/** A way to sign in: `provider_id` is `credential` for a password, `oidc` for the organisation's provider. */
export interface AccountsTable {
  readonly id: string;
  readonly user_id: string;
  readonly account_id: string;
  readonly provider_id: string;
  readonly access_token: string | null;
  readonly refresh_token: string | null;
  readonly id_token: string | null;
  readonly access_token_expires_at: Date | null;
  readonly refresh_token_expires_at: Date | null;
  readonly scope: string | null;
  /** scrypt, with its salt. */
  readonly password: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** State of sign-ins that are at the provider. */
export interface VerificationsTable {
  readonly id: string;
  readonly identifier: string;
  readonly value: string;
  readonly expires_at: Date;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface SigningKeysTable {
  readonly kid: string;
  /** JWK, as it is published. */
  readonly public_key: unknown;
  /** JWK, encrypted with the session secret. */
  readonly private_key: Buffer;
  readonly created_at: Date;
}

export interface Tables {
  readonly users: UsersTable;
  readonly sessions: SessionsTable;
  readonly accounts: AccountsTable;
  readonly verifications: VerificationsTable;
  readonly signing_keys: SigningKeysTable;
}

export type DB = Tables & KitTables;
