const GREETING =
  /^(?:hi+|hello+|hey+|hiya|howdy|yo|good\s+(?:morning|afternoon|evening|night|day)|morning|evening|greetings|sup|what['’]?s\s+up|bye|goodbye|see\s+(?:you|ya)(?:\s+later)?|thanks?(?:\s+you)?(?:\s+(?:so|very)\s+much|\s+a\s+lot)?|thx|cheers|ok|okay|k|cool|great|nice|perfect|awesome|yes|yep|yeah|yup|sure|no|nope|nah|never\s*mind|cancel|stop|undo|help|test|lol|haha|sorry|well\s+done|good\s+job|all\s+done|done)(?:\s+(?:there|again|all|everyone|assistant|bot|friend|buddy|please|so\s+much|for\s+(?:the|your)\s+help|for\s+that))?$/i;
const QUESTION =
  /^(?:who|whose|what|what['’]s|whats|where|where['’]s|when|when['’]s|why|how|how['’]s|which|is|are|am|was|were|do|does|did|can|could|would|will|should|shall|may|have|has|isn['’]t|aren['’]t|don['’]t|doesn['’]t)\b/i;
const ALWAYS_QUESTION =
  /^(?:who\s+(?:is|are|was|am|made)|what\s+(?:is|are|was|can|do|does|did|would|should|time|day|about)|what['’]s|where\s+(?:is|are|do|can)|when\s+(?:is|are|do|does|did|will)|why\s+(?:is|are|do|does|did|can|should)|how\s+(?:are|is|do|does|did|can|much|many|old|far|long|come)|how['’]s|do\s+you|are\s+you|can\s+you|could\s+you|would\s+you|will\s+you|am\s+i|is\s+it|is\s+there|tell\s+me\s+(?:a|an|about|something)|who['’]s|(?:why|how|what|who|where|when)$)\b/i;

/** A greeting, an answer, or a question that is about nothing here: no task may come of it. */
export function isSmallTalk(text: string): boolean {
  const said = text
    .trim()
    .replace(/[\s.!?,…]+$/u, "")
    .replace(/,\s+/g, " ");
  if (!/[\p{L}\p{N}]/u.test(said)) return true;
  if (said.length > 300) return false;
  if (GREETING.test(said)) return true;
  return ALWAYS_QUESTION.test(said) || (text.trim().endsWith("?") && QUESTION.test(said));
}
