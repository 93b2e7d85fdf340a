/**
 * Strings that no YAML 1.1 or 1.2 reader takes for anything but that string when they stand unquoted in block context:
 * printable ASCII, first a harmless character, no `: `, no ` #`, no space or colon at the end.
 */
const plain = /^(?:[A-Za-z0-9_/$(]|--?[A-Za-z]|\.{1,2}[A-Za-z/])(?:[!-9;-~]|:(?=[!-~])| (?=[ !"$-~]))*$/;

/**
 * What some reader makes another type of: booleans and null, numbers with prefix, underscores, exponent or base 60,
 * versions (a float by the letter of YAML 1.1), dates and timestamps. Wider than needed; quotes never hurt.
 */
const ambiguous =
  /^[-+]?(?:y|n|yes|no|on|off|true|false|null|\.inf|\.nan|0[xob].*|\d{4}-\d.*|[\d_.,:]*(?:e[-+]?[\d_]+)?)$/i;

/** Characters a reviewer cannot see or YAML 1.1 takes for a line break: written as escapes. */
const invisible = /[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]/g;

/** Multi-line text that a literal block cannot show as it is: a blank start, a line of blanks, a tab or another control. */
const notLiteral = /^[ \n]|\n +(?:\n|$)|[^\n -\uffff]/;

export function isPlain(text: string): boolean {
  return plain.test(text) && !ambiguous.test(text);
}

export function isLiteral(text: string): boolean {
  return text.includes("\n") && !notLiteral.test(text) && text.search(invisible) < 0;
}

/** A string on one line. Single quotes where they spare escapes, as in PromQL and JSON. */
export function inlineText(text: string): string {
  if (isPlain(text)) return text;
  if (/["\\]/.test(text) && /^[ -~]*$/.test(text)) return `'${text.replaceAll("'", "''")}'`;
  // A JSON string is a YAML double-quoted scalar.
  return JSON.stringify(text).replace(invisible, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** @returns YAML 1.1 asks for a point in a mantissa: `1e+21` would be a string there */
export function numberText(value: number): string {
  const text = String(value === 0 ? 0 : value);
  return text.includes("e") && !text.includes(".") ? text.replace("e", ".0e") : text;
}
