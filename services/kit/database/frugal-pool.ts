/**
 * Connections that write seldom, as a round trip costs more than most statements: `begin`, and statements whose answer nobody waits
 * for, travel with the statement after them. What changes something is planned once a connection instead of each time, except behind
 * a pooler that is not known to follow prepared statements (PgBouncer: `max_prepared_statements`).
 */
import type { CompiledQuery, PostgresPool, PostgresPoolClient, Transaction } from "kysely";
import type pg from "pg";
import { type Result, type Statement, togetherOn } from "./send-together.ts";

const LATER = "/* later */ ";

/**
 * Runs a change of whose answer nothing depends: it travels with the transaction's next statement, or with its commit, which fails
 * with its error. Returns no rows.
 */
export async function later<DB>(transaction: Transaction<DB>, change: { compile(): CompiledQuery }): Promise<void> {
  const compiled = change.compile();
  await transaction.executeQuery({ ...compiled, sql: `${LATER}${compiled.sql}` });
}

export function frugalPool(pool: pg.Pool, prepares: boolean): PostgresPool {
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  const frugal = (client: pg.PoolClient): PostgresPoolClient => {
    const known = clients.get(client) ?? frugalClient(client, prepares);
    clients.set(client, known);
    return known;
  };
  return { connect: async () => frugal(await pool.connect()), end: () => pool.end(), options: pool.options };
}

function frugalClient(client: pg.PoolClient, prepares: boolean): PostgresPoolClient {
  const send = togetherOn(client, prepares);
  /** Of the transaction that is open: what the server has not heard of, and whether it has heard of anything. */
  let waiting: Statement[] = [];
  let isKnown = false;

  const query = async (text: string, values: readonly unknown[]): Promise<Result> => {
    if (text === "begin") {
      waiting = [{ text, values }];
      return answer("BEGIN");
    }
    const isLater = text.startsWith(LATER);
    const statement = { text: isLater ? text.slice(LATER.length) : text, values };
    if (isLater && (isKnown || waiting.length > 0)) {
      waiting.push(statement);
      return answer("LATER");
    }
    const before = waiting;
    waiting = [];
    if (text === "rollback" || text === "commit") return end(statement, before);
    isKnown ||= before.length > 0;
    return isAlone(statement, before) ? client.query<never>(text) : send([...before, statement]);
  };
  const end = async (statement: Statement, before: readonly Statement[]): Promise<Result> => {
    const isRollback = statement.text === "rollback";
    // Of a transaction that says nothing but its beginning and its end the server need not hear.
    if (!isKnown && (isRollback || before.length === 1)) return answer(statement.text.toUpperCase());
    isKnown = true;
    const whole = isRollback ? [] : before;
    const result = await (isAlone(statement, whole)
      ? client.query<never>(statement.text)
      : send([...whole, statement]));
    isKnown = false;
    // PostgreSQL's answer to the commit of a transaction in which something failed that nobody heard of: no error, and nothing is kept.
    if (!isRollback && result.command === "ROLLBACK")
      throw new Error("the transaction was rolled back in place of its commit");
    return result;
  };
  return {
    query: query as unknown as PostgresPoolClient["query"],
    release: (discard) => {
      waiting = [];
      isKnown = false;
      client.release(discard);
    },
  };
}

/** Without values a text may hold several statements, which the extended protocol does not take. */
const isAlone = ({ values }: Statement, before: readonly Statement[]): boolean =>
  before.length === 0 && values.length === 0;

const answer = (command: string): Result => ({ command, rowCount: 0, oid: 0, fields: [], rows: [] });
