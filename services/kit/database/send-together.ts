/** Several statements in one message group of PostgreSQL's extended protocol. */
import pg from "pg";

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

export type Result = pg.QueryResult<never>;

type SendTogether = (statements: readonly [...Statement[], Statement]) => Promise<Result>;

/** What pg does not name in its types. */
const { prepareValue } = (pg as unknown as { utils: { prepareValue(value: unknown): Buffer | string | null } }).utils;

/**
 * Up to one Sync the server does nothing more once a statement has failed: neither does anything happen outside a transaction that
 * could not begin, nor is a transaction committed of which a part is missing.
 * @param prepares whether statements get names: a pooler that does not follow them would not find them again
 * @returns the answer to the last; the others must return no rows
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
export function togetherOn(client: pg.PoolClient, prepares: boolean): SendTogether {
  const prepared = new Set<string>();
  return (statements) => {
    // Before anything is written: a value that cannot be sent leaves no half of a group behind.
    const messages = statements.map(({ text, values }) => ({
      text,
      name: prepares ? nameOf(text) : "",
      values: values.map(prepareValue),
    }));
    return new Promise((resolve, reject) => {
      const query = new pg.Query<never>({ text: statements.map(({ text }) => text).join("; ") }, (error, results) => {
        if (error) return reject(error);
        for (const { name } of messages) if (name) prepared.add(name);
        resolve((Array.isArray(results) ? results.at(-1) : results) as Result);
      });
      query.submit = (connection) => {
        connection.stream.cork();
        for (const [index, { name, text, values }] of messages.entries()) {
          if (!prepared.has(name)) {
            // Whether a group that failed has left it prepared is not known; to close what is not there is no error.
            if (name) connection.close({ type: "S", name }, true);
            connection.parse({ name, text, types: [] }, true);
          }
          connection.bind({ statement: name, values: values as string[] }, true);
          if (index === messages.length - 1) connection.describe({ type: "P" }, true);
          connection.execute(null, true);
        }
        connection.sync();
        connection.stream.uncork();
      };
      client.query(query);
    });
  };
}

/** Of reads the best plan depends on what is asked for. A `*` for columns means something else once a migration has added one. */
const PREPARED = /^begin$|^\s*(insert|update|delete|with|call)\b[^*]*$|^[^*]*\bfor update\s*$/;
const isPrepared = (text: string): boolean => PREPARED.test(text.replaceAll("count(*)", ""));
/** As many as PgBouncer keeps for a connection. */
const MOST_NAMES = 100;

const names = new Map<string, string>();

/** One name for the same text on every connection; none, which plans it each time, for reads, and when there are no names left. */
function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= MOST_NAMES || !isPrepared(text)) return "";
  const name = `s${names.size}`;
  names.set(text, name);
  return name;
}
