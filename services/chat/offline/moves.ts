/** What the offline assistant does next: say something, or call tools. */

export interface Call {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Calls may be announced by words; words alone end the answer. */
export interface Move {
  readonly say?: string;
  readonly calls?: readonly Call[];
}

export const say = (text: string): Move => ({ say: text });

export const call = (tool: string, input: Readonly<Record<string, unknown>>): Move => ({ calls: [{ tool, input }] });
