/** Rows of chat as PostgreSQL keeps them; they never leave the service. */
import type { ColumnType, Selectable } from "kysely";
import type { AnswerStatus, ApprovalDescriptor } from "#contracts/http/chat";
import type { KitTables } from "#kit/kit-tables";
import type { Part } from "../answer/parts.ts";

type Json<T> = ColumnType<T, string, string>;

export interface ConversationsTable {
  readonly id: string;
  readonly user_id: string;
  readonly title: string | null;
  /** Version of the aggregate for events: one more with each. */
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  /** Its id stays taken, so that a late request does not begin it again. */
  readonly deleted_at: Date | null;
  /** The answer that is being written: one at a time, and none that outlives its process. */
  readonly turn_id: string | null;
  readonly turn_until: Date | null;
}

export interface MessagesTable {
  readonly conversation_id: string;
  readonly id: string;
  readonly user_id: string;
  readonly position: number;
  readonly role: "user" | "assistant";
  readonly parts: Json<readonly Part[]>;
  /** Of answers alone. */
  readonly status: AnswerStatus | null;
  readonly model: string | null;
  readonly created_at: Date;
}

export interface AskedCall {
  readonly toolCallId: string;
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export type ApprovalStatus = "pending" | "approved" | "rejected" | "withdrawn";

export interface ApprovalsTable {
  readonly id: string;
  readonly user_id: string;
  readonly conversation_id: string;
  readonly message_id: string;
  readonly calls: Json<readonly AskedCall[]>;
  /** Of the calls as they were shown. */
  readonly digest: string;
  readonly descriptor: Json<Omit<ApprovalDescriptor, "expiresAt">>;
  readonly status: ApprovalStatus;
  readonly created_at: Date;
  readonly expires_at: Date;
  /** Until when whoever took it may still be carrying it out. */
  readonly taken_until: Date | null;
  readonly done_at: Date | null;
}

/** What a user has had of a day (UTC). */
export interface UsageTable {
  readonly user_id: string;
  readonly day: string;
  readonly turns: number;
  readonly tokens: number;
}

export interface Tables {
  readonly conversations: ConversationsTable;
  readonly messages: MessagesTable;
  readonly approvals: ApprovalsTable;
  readonly usage: UsageTable;
}

export type DB = Tables & KitTables;

export type ConversationRow = Selectable<ConversationsTable>;
export type MessageRow = Selectable<MessagesTable>;
export type ApprovalRow = Selectable<ApprovalsTable>;
