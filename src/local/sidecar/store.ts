/**
 * What the local sidecars keep, in one SQLite file. A write is told as done only once it would survive the machine's end:
 * writes that come together share one sync, which runs beside the event loop.
 */
import { closeSync, existsSync, fdatasync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";

export interface StoredMessage {
  readonly offset: number;
  /** The whole CloudEvent as JSON. */
  readonly event: string;
  readonly key: string;
  readonly headers: { readonly traceparent?: string; readonly tracestate?: string };
}

export interface NewMessage extends Omit<StoredMessage, "offset"> {
  readonly topic: string;
  readonly partition: number;
}

interface Waiting {
  readonly write: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class Store {
  readonly #db: DatabaseSync;
  readonly #wal: number;
  readonly #ends = new Map<string, number>();
  readonly #statements = new Map<string, StatementSync>();
  #waiting: Waiting[] = [];
  #syncing = false;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    // What users wrote is in here.
    closeSync(openSync(file, "a", 0o600));
    this.#db = new DatabaseSync(file);
    this.#db.exec("pragma journal_mode = wal; pragma synchronous = normal; pragma busy_timeout = 5000");
    this.#db.exec(SCHEMA);
    if (!existsSync(`${file}-wal`)) throw new Error(`SQLite made no write-ahead log beside ${file}`);
    this.#wal = openSync(`${file}-wal`, "r");
    for (const row of this.#all(
      "select topic, partition, max(offset) as last from messages group by topic, partition",
    )) {
      this.#ends.set(`${row.topic} ${row.partition}`, Number(row.last) + 1);
    }
    for (const row of this.#all("select topic, partition, max(next) as next from offsets group by topic, partition")) {
      const name = `${row.topic} ${row.partition}`;
      this.#ends.set(name, Math.max(this.#ends.get(name) ?? 0, Number(row.next)));
    }
  }

  /** Resolves with the message's offset once it is durable. */
  async append({ topic, partition, key, event, headers }: NewMessage): Promise<number> {
    let offset = 0;
    await this.durably(() => {
      const name = `${topic} ${partition}`;
      offset = this.#ends.get(name) ?? 0;
      this.#run(
        "insert into messages (topic, partition, offset, time, key, event, headers) values (?, ?, ?, ?, ?, ?, ?)",
        topic,
        partition,
        offset,
        Date.now(),
        key,
        event,
        JSON.stringify(headers),
      );
      this.#ends.set(name, offset + 1);
    });
    return offset;
  }

  read(topic: string, partition: number, from: number, limit: number): StoredMessage[] {
    return this.#all(
      "select offset, key, event, headers from messages where topic = ? and partition = ? and offset >= ? order by offset limit ?",
      topic,
      partition,
      from,
      limit,
    ).map((row) => ({
      offset: Number(row.offset),
      key: String(row.key),
      event: String(row.event),
      headers: JSON.parse(String(row.headers)),
    }));
  }

  /** Where a consumer group goes on; 0, the oldest, for a new one. */
  position(group: string, topic: string, partition: number): number {
    const [row] = this.#all(
      "select next from offsets where grp = ? and topic = ? and partition = ?",
      group,
      topic,
      partition,
    );
    return Number(row?.next ?? 0);
  }

  /** Survives the end of the process; after the machine's end some events may come again. */
  commit(group: string, topic: string, partition: number, next: number): void {
    this.#run(
      "insert into offsets (grp, topic, partition, next) values (?, ?, ?, ?) on conflict do update set next = excluded.next",
      group,
      topic,
      partition,
      next,
    );
  }

  /** Forgets messages that were written before the time. */
  prune(topic: string, before: number): void {
    this.#run("delete from messages where topic = ? and time < ?", topic, before);
  }

  all(sql: string, ...values: (string | number | null)[]): Record<string, unknown>[] {
    return this.#all(sql, ...values);
  }

  /** Survives the end of the process; the machine's only with a later `durably`. */
  run(sql: string, ...values: (string | number | null)[]): number {
    return this.#run(sql, ...values);
  }

  /** Runs a write in the next transaction; resolves once that is synced. */
  durably(write: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, resolve, reject });
      if (!this.#syncing) {
        this.#syncing = true;
        setImmediate(() => void this.#flush());
      }
    });
  }

  async close(): Promise<void> {
    while (this.#syncing) await new Promise((resolve) => setTimeout(resolve, 1));
    closeSync(this.#wal);
    this.#statements.clear();
    this.#db.close();
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        this.#db.exec("begin immediate");
        for (const { write } of batch) write();
        this.#db.exec("commit");
        await sync(this.#wal);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        if (this.#db.isTransaction) this.#db.exec("rollback");
        for (const { reject } of batch) reject(error);
      }
    }
    this.#syncing = false;
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  #all(sql: string, ...values: (string | number | null)[]): Record<string, unknown>[] {
    return this.#prepare(sql).all(...values) as Record<string, unknown>[];
  }

  #run(sql: string, ...values: (string | number | null)[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }
}

const sync = (descriptor: number): Promise<void> =>
  new Promise((resolve, reject) => fdatasync(descriptor, (error) => (error ? reject(error) : resolve())));

const SCHEMA = `
  create table if not exists messages (
    topic text, partition integer, offset integer, time integer, key text, event text, headers text,
    primary key (topic, partition, offset)
  ) without rowid;
  create index if not exists messages_time on messages (topic, time);
  create table if not exists offsets (
    grp text, topic text, partition integer, next integer, primary key (grp, topic, partition)
  ) without rowid;
  create table if not exists state (app text, key text, value text, etag integer, expires integer, primary key (app, key)) without rowid;
  create table if not exists jobs (app text, name text, due integer, job text, primary key (app, name)) without rowid;
`;
