/** What people type into a search box as a query of PostgreSQL's full-text search. */
import { type RawBuilder, sql } from "kysely";

/** Shorter beginnings of words would read half of the index. */
const SHORTEST_PREFIX = 3;

interface Term {
  readonly text: string;
  readonly negated: boolean;
  readonly phrase: boolean;
}

/** `word`, `"a phrase"`, `-unwanted`; what holds neither letter nor digit finds nothing and is left out. */
export function termsOf(text: string): readonly Term[] {
  return [...text.matchAll(/(-?)(?:"([^"]*)"?|(\S+))/g)]
    .map(([, minus, phrase, word]) => ({
      text: (phrase ?? word ?? "").trim(),
      negated: minus === "-",
      phrase: phrase !== undefined,
    }))
    .filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
}

/**
 * Matches `search` of the user's tasks of a status.
 * @returns undefined when the text holds nothing that could be found
 */
export function searchCondition(
  userId: string,
  status: "open" | "completed",
  text: string | undefined,
  tags: readonly string[] = [],
): RawBuilder<boolean> | undefined {
  const terms = text === undefined ? [] : termsOf(text);
  if (text !== undefined && terms.length === 0) return undefined;
  const lexemes = [`@${status} ${userId}`, ...tags.map((tag) => `#tag ${tag.toLowerCase()}`)];
  const query = [...lexemes.map((lexeme) => sql`${quoted(lexeme)}::tsquery`), ...terms.map(termQuery)];
  return sql<boolean>`search @@ (${sql.join(query, sql` && `)})`;
}

/** A word is found by its beginning, as people search while they type, and by its English stem. */
function termQuery({ text, negated, phrase }: Term): RawBuilder<unknown> {
  const words = phrase
    ? sql`phraseto_tsquery('simple', ${text})`
    : sql`(to_tsquery('simple', ${quoted(text) + (text.length < SHORTEST_PREFIX ? "" : ":*")}) || plainto_tsquery('english', ${text}))`;
  return negated ? sql`!!${words}` : words;
}

/** An operand of a tsquery, taken literally. */
const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
