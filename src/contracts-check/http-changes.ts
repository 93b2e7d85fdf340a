/**
 * Whether an HTTP API can change from one OpenAPI document to another while old callers and old instances still run: what they
 * send has to be taken, what is answered has to be understood.
 */
import { inlined, type Json, type Schema, same } from "./alternatives.ts";
import { type Finding, finding, type Problem } from "./finding.ts";
import { refusals } from "./refusals.ts";

interface Operation {
  /** `GET /v1/tasks/{id}`. */
  readonly title: string;
  readonly own: Json;
  readonly root: Json;
}

const methods = ["get", "post", "put", "patch", "delete", "head", "options"];

/** Operations that are as they were are not in the answer. */
export function httpChanges(service: string, before: Json, now: Json): Finding[] {
  const [old, current] = [operationsOf(before), operationsOf(now)];
  return [
    ...[...old].flatMap(([key, operation]) => {
      const its = current.get(key);
      if (!its) {
        const problem: Problem = { path: "", reason: "is gone", breaks: "running callers" };
        return [finding(service, operation.title, "removed", [problem])];
      }
      const problems = operationProblems(operation, its);
      const isSame = problems.length === 0 && same(comparable(operation), comparable(its));
      return isSame ? [] : [finding(service, its.title, "changed", problems)];
    }),
    ...[...current].filter(([key]) => !old.has(key)).map(([, { title }]) => finding(service, title, "added")),
  ];
}

/** Without words, except for those that limit the body. */
const comparable = ({ own, root }: Operation): unknown => [
  inlined(own, root),
  own.requestBody ? bytesOf(own.requestBody as Json) : undefined,
];

/** By method and path; the names in the path are the service's own business. */
function operationsOf(root: Json): Map<string, Operation> {
  const found = new Map<string, Operation>();
  for (const [path, item] of Object.entries((root.paths ?? {}) as Record<string, Json>)) {
    for (const method of methods) {
      if (!(method in item)) continue;
      const own = item[method] as Json;
      const title = `${method.toUpperCase()} ${path}`;
      found.set(title.replace(/\{\w+\}/g, "{}"), { title, own, root });
    }
  }
  return found;
}

function operationProblems(before: Operation, now: Operation): Problem[] {
  return [...security(before, now), ...parameters(before, now), ...body(before, now), ...responses(before, now)];
}

function security({ own: before }: Operation, { own: now }: Operation): Problem[] {
  const open = (security: unknown): boolean => Array.isArray(security) && security.length === 0;
  if (!open(before.security) || open(now.security)) return [];
  return [{ path: "security", reason: "needs a token now", breaks: "running callers" }];
}

function asked(path: string, before: Operation, was: Schema, now: Operation, is: Schema): Problem[] {
  const found = refusals(
    { schema: was, root: before.root, when: "before" },
    { schema: is, root: now.root, when: "now" },
  );
  return found.map((each) => ({ path: joined(path, each.path), reason: each.reason, breaks: "running callers" }));
}

const joined = (path: string, rest: string): string => [path, rest].filter(Boolean).join(".");

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

/** Those in the path by their place, all others by name. */
function parametersOf({ own, title }: Operation): Map<string, Parameter> {
  const places = [...title.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const all = (own.parameters ?? []) as readonly Parameter[];
  return new Map(
    all.map((one) => [one.in === "path" ? `path.${places.indexOf(one.name)}` : `${one.in}.${one.name}`, one]),
  );
}

function parameters(before: Operation, now: Operation): Problem[] {
  const [old, current] = [parametersOf(before), parametersOf(now)];
  const problems: Problem[] = [];
  const add = (path: string, reason: string): void => {
    problems.push({ path, reason, breaks: "running callers" });
  };
  for (const [key, is] of current) {
    const was = old.get(key);
    const path = `${is.in}.${is.name}`;
    if (is.required && !was?.required) add(path, `is required now, ${was ? "optional" : "not declared"} before`);
    if (was) problems.push(...asked(path, before, was.schema ?? true, now, is.schema ?? true));
  }
  for (const [key, was] of old) if (!current.has(key)) add(`${was.in}.${was.name}`, "is declared before, gone now");
  return problems;
}

type Contents = Readonly<Record<string, { readonly schema?: Schema } | undefined>>;

function body(before: Operation, now: Operation): Problem[] {
  const was = before.own.requestBody as Json | undefined;
  const is = now.own.requestBody as Json | undefined;
  const problem = (reason: string): Problem => ({ path: "body", reason, breaks: "running callers" });
  if (!was) return is?.required ? [problem("is required now, not declared before")] : [];
  if (!is) return [problem("is declared before, gone now")];
  const problems = is.required && !was.required ? [problem("is required now, optional before")] : [];
  const [least, most] = [bytesOf(is), bytesOf(was)];
  if (least < most) problems.push(problem(`takes at most ${least} bytes now, ${most} before`));
  for (const [type, content] of Object.entries(was.content as Contents)) {
    const its = (is.content as Contents)[type];
    if (!its) problems.push(problem(`is no longer taken as ${type}`));
    else problems.push(...asked("body", before, content?.schema ?? true, now, its.schema ?? true));
  }
  return problems;
}

/** OpenAPI has no keyword for the size of a body: our documents say it in words. */
const bytesOf = ({ description = "" }: Json): number =>
  Number(/At most (\d+) bytes/.exec(String(description))?.[1] ?? Number.POSITIVE_INFINITY);

interface Response {
  readonly headers?: Json;
  readonly content?: Contents;
}

/** Success as it is declared. A problem is read by its shape, whichever status it comes with. */
function responses(before: Operation, now: Operation): Problem[] {
  const of = ({ own }: Operation): [string, Response][] =>
    Object.entries(own.responses as Record<string, Response>).filter(([status]) => /^[123]/.test(status));
  const old = new Map(of(before));
  return of(now).flatMap(([status, is]): Problem[] => {
    const path = `response ${status}`;
    const problem = (reason: string): Problem => ({ path, reason, breaks: "running callers" });
    const was = old.get(status);
    if (!was) return [problem("is answered now, not declared before")];
    const lost = Object.keys(was.headers ?? {}).filter((header) => !(header in (is.headers ?? {})));
    const problems = lost.map((header) => problem(`the header ${header} is gone`));
    const types = Object.keys(was.content ?? {});
    const other = Object.keys(is.content ?? {}).filter((type) => !types.includes(type));
    if (types.length > 0 && !is.content) problems.push(problem("has no body now"));
    problems.push(...other.map((type) => problem(`is ${type} now, was ${types.join(", ") || "without a body"}`)));
    for (const [type, content] of Object.entries(is.content ?? {})) {
      const its = was.content?.[type];
      if (!its) continue;
      const found = refusals(
        { schema: content?.schema ?? true, root: now.root, when: "now" },
        { schema: its.schema ?? true, root: before.root, when: "before" },
        { keepsFields: true, ignoresUnknown: true },
      );
      problems.push(...found.map((each) => ({ ...problem(each.reason), path: joined(path, each.path) })));
    }
    return problems;
  });
}
