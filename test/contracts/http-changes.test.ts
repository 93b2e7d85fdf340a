import { describe, expect, it } from "@jest/globals";
import * as z from "zod/mini";
import { httpApi, json, type OperationProps, stream } from "#contracts/http/define";
import { openApiDocument } from "#contracts/http/openapi";
import type { Json } from "#contracts-check/alternatives";
import { httpChanges } from "#contracts-check/http-changes";

const note = z.object({ id: z.string(), text: z.string().check(z.maxLength(10)), seen: z.optional(z.boolean()) });

const base = {
  method: "put",
  path: "/v1/notes/:id",
  summary: "Write a note",
  params: z.object({ id: z.string() }),
  query: z.object({ draft: z.optional(z.string()) }),
  body: z.object({ text: z.string().check(z.maxLength(10)) }),
  responses: { 200: json(note, { etag: true }) },
} as const satisfies OperationProps;

const documentOf = (...operations: OperationProps[]): Json => {
  const named = Object.fromEntries(operations.map((operation, index) => [`operation${index}`, operation]));
  const document = openApiDocument(httpApi({ service: "notes", title: "Notes", version: "1", operations: named }));
  return JSON.parse(JSON.stringify(document)) as Json;
};

const problems = (now: OperationProps, before: OperationProps = base): string[] =>
  httpChanges("notes", documentOf(before), documentOf(now)).flatMap((found) =>
    found.problems.map(({ path, reason }) => `${path} ${reason}`.trim()),
  );

describe("a change of an operation", () => {
  it("is none where nothing changed", () => {
    expect(httpChanges("notes", documentOf(base), documentOf(base))).toEqual([]);
  });

  it.each<[string, OperationProps]>([
    [
      "an optional query parameter is added",
      { ...base, query: z.object({ ...base.query.shape, sort: z.optional(z.string()) }) },
    ],
    [
      "an optional field of the body is added",
      { ...base, body: z.object({ ...base.body.shape, pin: z.optional(z.boolean()) }) },
    ],
    ["the body takes longer texts", { ...base, body: z.object({ text: z.string().check(z.maxLength(20)) }) }],
    [
      "a field is answered in addition",
      { ...base, responses: { 200: json(z.object({ ...note.shape, at: z.string() }), { etag: true }) } },
    ],
    [
      "shorter texts are answered",
      {
        ...base,
        responses: { 200: json(z.object({ ...note.shape, text: z.string().check(z.maxLength(5)) }), { etag: true }) },
      },
    ],
    ["a larger body is taken", { ...base, maxBodyBytes: 500_000 }],
    ["the token is no longer asked for", { ...base, public: true }],
    ["the name in the path changes", { ...base, path: "/v1/notes/:note", params: z.object({ note: z.string() }) }],
    ["an idempotency key may be given", { ...base, idempotencyKey: "optional" }],
    ["another error may be answered", { ...base, errors: ["conflict"] }],
  ])("is compatible when %s", (_, now) => {
    const found = httpChanges("notes", documentOf(base), documentOf(now));
    expect(found.map(({ change, compatible }) => [change, compatible])).toEqual([["changed", true]]);
  });

  it.each<[string, OperationProps, string]>([
    ["a query parameter goes", { ...base, query: z.object({}) }, "query.draft is declared before, gone now"],
    [
      "a query parameter becomes required",
      { ...base, query: z.object({ draft: z.string() }) },
      "query.draft is required now, optional before",
    ],
    [
      "a field of the body goes",
      { ...base, body: z.object({}) },
      "body.text is declared before, refused as unknown now",
    ],
    [
      "a field of the body becomes required",
      { ...base, body: z.object({ ...base.body.shape, pin: z.boolean() }) },
      "body.pin is required now, not declared before",
    ],
    [
      "the body takes shorter texts only",
      { ...base, body: z.object({ text: z.string().check(z.maxLength(5)) }) },
      "body.text maxLength is 5 now, 10 before",
    ],
    ["a smaller body is taken", { ...base, maxBodyBytes: 10 }, "body takes at most 10 bytes now, 262144 before"],
    [
      "an answered field goes",
      { ...base, responses: { 200: json(z.pick(note, { id: true, seen: true }), { etag: true }) } },
      "response 200.text is required before, not declared now",
    ],
    [
      "an optional answered field goes",
      { ...base, responses: { 200: json(z.pick(note, { id: true, text: true }), { etag: true }) } },
      "response 200.seen is declared before, gone now",
    ],
    [
      "longer texts are answered",
      { ...base, responses: { 200: json(z.object({ ...note.shape, text: z.string() }), { etag: true }) } },
      "response 200.text maxLength is 10 before, not set now",
    ],
    [
      "another status is answered",
      { ...base, responses: { 201: json(note, { etag: true }) } },
      "response 201 is answered now, not declared before",
    ],
    ["the ETag goes", { ...base, responses: { 200: json(note) } }, "response 200 the header ETag is gone"],
    [
      "the content type changes",
      { ...base, responses: { 200: stream("text/csv") } },
      "response 200 is text/csv now, was application/json",
    ],
    [
      "a version must be given",
      { ...base, ifMatch: "required" },
      "header.If-Match is required now, not declared before",
    ],
  ])("is refused when %s", (_, now, problem) => {
    expect(problems(now)).toContain(problem);
  });

  it("is refused when a token is asked for", () => {
    expect(problems(base, { ...base, public: true })).toEqual(["security needs a token now"]);
  });
});

describe("a change of an API", () => {
  const other = { ...base, path: "/v2/notes/:id" } as const;
  const verdicts = (before: Json, now: Json) =>
    httpChanges("notes", before, now).map(({ contract, change, compatible }) => [contract, change, compatible]);

  it("is compatible when a new version comes beside the old one", () => {
    expect(verdicts(documentOf(base), documentOf(base, other))).toEqual([["PUT /v2/notes/{id}", "added", true]]);
  });

  it("is refused when the old version goes with it", () => {
    expect(verdicts(documentOf(base), documentOf(other))).toEqual([
      ["PUT /v1/notes/{id}", "removed", false],
      ["PUT /v2/notes/{id}", "added", true],
    ]);
  });

  it("is refused when all of it goes", () => {
    expect(verdicts(documentOf(base), {})).toEqual([["PUT /v1/notes/{id}", "removed", false]]);
  });
});
