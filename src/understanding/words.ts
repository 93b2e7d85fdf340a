/** Vocabulary shared by the recognisers. Keys are lower case; `’` has been written as `'` before a look-up. */
const table = (rows: Record<string, number>): ReadonlyMap<string, number> => new Map(Object.entries(rows));

/** ISO weekdays: 1 is Monday. */
export const WEEKDAYS = table({
  monday: 1,
  mon: 1,
  tuesday: 2,
  tues: 2,
  tue: 2,
  wednesday: 3,
  weds: 3,
  wed: 3,
  thursday: 4,
  thurs: 4,
  thur: 4,
  thu: 4,
  friday: 5,
  fri: 5,
  saturday: 6,
  sat: 6,
  sunday: 7,
  sun: 7,
});

export const PLURAL_WEEKDAYS = table({
  mondays: 1,
  tuesdays: 2,
  wednesdays: 3,
  thursdays: 4,
  fridays: 5,
  saturdays: 6,
  sundays: 7,
});

export const MONTHS = table({
  january: 1,
  jan: 1,
  february: 2,
  feb: 2,
  march: 3,
  mar: 3,
  april: 4,
  apr: 4,
  may: 5,
  june: 6,
  jun: 6,
  july: 7,
  jul: 7,
  august: 8,
  aug: 8,
  september: 9,
  sept: 9,
  sep: 9,
  october: 10,
  oct: 10,
  november: 11,
  nov: 11,
  december: 12,
  dec: 12,
});

export const NUMBERS = table({
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  fourteen: 14,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  ninety: 90,
  hundred: 100,
});

export const ORDINALS = table({
  first: 1,
  second: 2,
  third: 3,
  fourth: 4,
  fifth: 5,
  sixth: 6,
  seventh: 7,
  eighth: 8,
  ninth: 9,
  tenth: 10,
  eleventh: 11,
  twelfth: 12,
  thirteenth: 13,
  fourteenth: 14,
  fifteenth: 15,
  sixteenth: 16,
  seventeenth: 17,
  eighteenth: 18,
  nineteenth: 19,
  twentieth: 20,
  "twenty-first": 21,
  "twenty-second": 22,
  "twenty-third": 23,
  "twenty-fourth": 24,
  "twenty-fifth": 25,
  "twenty-sixth": 26,
  "twenty-seventh": 27,
  "twenty-eighth": 28,
  "twenty-ninth": 29,
  thirtieth: 30,
  "thirty-first": 31,
});

export type Unit = "minute" | "hour" | "day" | "week" | "month" | "quarter" | "year";

export const UNITS: ReadonlyMap<string, Unit> = new Map<string, Unit>([
  ...["minute", "minutes", "min", "mins"].map((word): [string, Unit] => [word, "minute"]),
  ...["hour", "hours", "hr", "hrs", "h"].map((word): [string, Unit] => [word, "hour"]),
  ...["day", "days"].map((word): [string, Unit] => [word, "day"]),
  ...["week", "weeks", "wk", "wks"].map((word): [string, Unit] => [word, "week"]),
  ...["month", "months"].map((word): [string, Unit] => [word, "month"]),
  ...["quarter", "quarters"].map((word): [string, Unit] => [word, "quarter"]),
  ...["year", "years", "yr", "yrs"].map((word): [string, Unit] => [word, "year"]),
]);

/** What Todoist documents for parts of the day, as minutes of the day. */
export const DAY_PARTS = table({ morning: 540, afternoon: 720, evening: 1140, night: 1320 });

export const WORKDAYS = [1, 2, 3, 4, 5] as const;

/**
 * Words that may follow a date, a time or an ordinal without making it part of a name: "friday about the party" is a
 * date, "2nd Street" is not.
 */
export const CONNECTORS: ReadonlySet<string> = new Set(
  (
    "at on in by for with about to from and or then but if because so before after until till starting beginning " +
    "ending every ev every! remind reminder noon midday midnight morning afternoon evening night sharp please via near " +
    "around re regarding as unless when while daily weekly monthly yearly quarterly not instead today tomorrow tonight " +
    "tod tom latest next this deadline !"
  ).split(" "),
);
