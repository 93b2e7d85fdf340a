import fc from "fast-check";

/** Words and shapes that some reader takes for another type, or that strain the layout. */
const treacherous = [
  ..."no on off yes y n N Y true FALSE null Null ~ NaN .nan .inf -.inf +.INF .5 5. -0 +1 0 007 012 08 0o7 0x1f 0b11".split(
    " ",
  ),
  ..."1_000 1e3 1e+3 -1.5E-2 1:30 190:20:30 1:30.5 1.2.3 10.0.0.1 1,000 0x_ 1_ _1 2026-08-01 12e03 1e .e1 e0 -E1 _ . .. ... - -- ---".split(
    " ",
  ),
  ..."= << < > | & * ! !!str % @ ` ? : , [ ] { } # \" ' \\ -1 - ? -a --flag -x:y a:b a: :a a#b #a ::1 2001:db8::1 C:\\x".split(
    " ",
  ),
  ..."[] {} |- >- *.example.com &anchor $(POD_IP) 100m 8Gi 70% 30s 1h30m /healthz sha256:0a1b http://x:80/y?z=#a".split(
    " ",
  ),
  "2001-12-14t21:59:43.10-05:00",
  "2001-12-14 21:59:43.10 -5",
  "2001-12-15 2:59:43.10",
  "a: b",
  "a #b",
  "a  b",
  " a",
  "a ",
  "a:\tb",
  "a\t#b",
  "",
  " ",
  "\t",
  "\n",
  "\n\n",
  "a\n",
  "a\n\n",
  "a\n\n\n",
  "\na",
  " a\nb",
  "a\n b",
  "a\n\n b\n",
  "a\n \nb",
  "a\n  ",
  "a\n\tb\n",
  "a\r\nb",
  "a\n---\nb\n",
  "# a\nb: c\n- d\n",
  "a\n# b\n",
  "---\na",
  "...\n",
  "%YAML 1.2\nx",
  "x: |\n  y\n",
  "'a'\n\"b\"\n",
  "\ufeff",
  "\ufeffa",
  "a\ufeff\nb",
  "\u0085",
  "a\u0085b\nc",
  "\u2028",
  "a\u2029\nb",
  "\u00a0",
  "\u0000",
  "\u0007\u001b\u007f",
  "\u202egpj.exe",
  "\ufffd\ufffe\uffff",
  "Größe",
  "日本\n語\n",
  "😀",
  "😀\n😀",
  "👩‍👩‍👧",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
];

/** Pieces that meet in ways nobody lists. */
const pieces = fc
  .array(
    fc.constantFrom(
      "a",
      "1",
      "0",
      "x",
      "e",
      ".",
      "-",
      "_",
      ":",
      " ",
      "  ",
      "#",
      "\n",
      "\n\n",
      "'",
      '"',
      "\\",
      ",",
      "[",
      "}",
      "\t",
      "é",
      "\u2028",
    ),
    {
      maxLength: 10,
    },
  )
  .map((parts) => parts.join(""));

export const anyText = fc.oneof(
  { arbitrary: fc.constantFrom(...treacherous), weight: 3 },
  { arbitrary: pieces, weight: 3 },
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
);

const anyNumber = fc
  .oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(1e21, 1e-7, 2 ** 53, -1e300, 5e-324),
  )
  .map((number) => (number === 0 ? 0 : number));

/** Everything JSON can hold; -0 is 0 there, too. */
export const anyValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    { arbitrary: anyText, weight: 5 },
    anyNumber,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(anyText, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
