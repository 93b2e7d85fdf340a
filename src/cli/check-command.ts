import { performance } from "node:perf_hooks";
import { placeholderOwners } from "#checks/placeholder-owners";
import { type Profile, profileRules } from "#checks/profile";
import type { Rule, Violation } from "#checks/rule";
import { rules } from "#checks/rules";
import { readRendering } from "#checks/run";
import { byArea, unconfirmedFacts } from "#checks/unconfirmed";
import { unconfirmedActions } from "#checks/unconfirmed-actions";
import { applyWaivers, waivers } from "#checks/waivers";
import { unconfirmedBase } from "#images/base";
import type { Environment } from "#model/environment";
import { ownImages } from "#model/own-images";
import { readImages } from "#synth/images-file";
import { renderEnvironment } from "#synth/synth";
import { todo } from "#system";
import { exitCodes, runCommand, UsageError } from "./command.ts";
import { chooseEnvironments } from "./environments.ts";
import { projectFolder } from "./project-folder.ts";

const help = `
Renders every environment in memory and checks the result. Nothing is written.

  npm run check [-- --env NAME ...] [-- --list] [-- --unconfirmed] [-- --profile] [-- --json]

  --env NAME      only this environment; may be given more than once
  --list          every rule: its id, severity, reason and remedy, and what is waived
  --unconfirmed   everything in the model and its charts that has no confirmed source
  --profile       how long each rule took
  --json          the result as JSON

Exit codes: 0 no errors, 1 a rule is violated, 2 wrong arguments.
`;

const options = {
  env: { type: "string", multiple: true },
  list: { type: "boolean" },
  unconfirmed: { type: "boolean" },
  profile: { type: "boolean" },
  json: { type: "boolean" },
} as const;

const printJson = (value: unknown): void => console.log(JSON.stringify(value, null, 2));

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

function list(json: boolean): void {
  const described = rules.map(({ id, severity, reason, remedy }: Rule) => ({ id, severity, reason, remedy }));
  if (json) {
    printJson({ rules: described, waivers });
    return;
  }
  for (const { id, severity, reason, remedy } of described) {
    console.log(`${id} (${severity})\n  ${reason}\n  ${remedy}.`);
  }
  for (const { rule, resource, reason } of waivers) console.log(`waived: ${rule} for ${resource}\n  ${reason}`);
  console.log(`${plural(rules.length, "rule")}, ${plural(waivers.length, "waiver")}`);
}

function listUnconfirmed(root: string, chosen: readonly Environment[], json: boolean): void {
  const facts = byArea([
    ...unconfirmedFacts(todo, chosen, (name) => readImages(root, name, ownImages(todo))),
    unconfirmedBase(root),
    ...placeholderOwners(root),
    ...unconfirmedActions(root),
  ]);
  if (json) {
    printJson(facts);
    return;
  }
  let area = "";
  for (const fact of facts) {
    if (fact.area !== area) console.log(fact.area);
    area = fact.area;
    console.log(`  ${fact.subject}: ${fact.what}${fact.why ? ` (${fact.why})` : ""}`);
  }
  console.log(`${plural(facts.length, "fact")} without a confirmed source`);
}

/** The same fault in several environments is shown once, with their names. */
function grouped(violations: readonly Violation[]): Map<string, Violation[]> {
  return Map.groupBy(violations, ({ rule, resource, origin, problem }) =>
    [rule, resource, isEnvironment(origin) ? "" : origin, problem].join("\n"),
  );
}

const isEnvironment = (origin: string): boolean => origin.startsWith("environments.");

function print(violations: readonly Violation[]): void {
  for (const same of grouped(violations).values()) {
    const [first] = same;
    if (!first) continue;
    const places = [...new Set(same.map(({ environment }) => environment))].join(", ");
    const origins = [...new Set(same.map(({ origin }) => origin))].join(", ");
    console.log(`${first.severity}: ${first.rule}  ${places}  ${first.resource}  (${origins})`);
    console.log(`  ${first.problem}. ${first.remedy}.`);
  }
}

function printProfile({ times }: Profile, renderMilliseconds: number): void {
  const total = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  for (const { rule, milliseconds } of times) console.log(`${milliseconds.toFixed(2).padStart(8)} ms  ${rule}`);
  console.log(
    `${total.toFixed(2).padStart(8)} ms  all rules, after ${renderMilliseconds.toFixed(0)} ms of rendering and parsing`,
  );
}

function check(root: string, chosen: readonly Environment[], json: boolean, profile: boolean): number {
  const start = performance.now();
  const renderings = chosen.map((environment) => {
    const images = readImages(root, environment.name, ownImages(todo));
    return readRendering(todo, renderEnvironment(todo, environment, images));
  });
  const rendered = performance.now() - start;
  const measured = profileRules(renderings, rules, () => performance.now());
  const violations = applyWaivers(
    measured.violations,
    chosen.map(({ name }) => name),
  );
  const errors = violations.filter(({ severity }) => severity === "error");
  if (json) printJson({ violations, ...(profile ? { times: measured.times } : {}) });
  else {
    print(violations);
    if (profile) printProfile(measured, rendered);
    const documents = renderings.reduce((sum, { resources }) => sum + resources.length, 0);
    console.log(
      `checked ${documents} documents of ${plural(chosen.length, "environment")} against ${plural(rules.length, "rule")}: ` +
        `${plural(errors.length, "error")}, ${plural(violations.length - errors.length, "warning")}`,
    );
  }
  return errors.length > 0 ? exitCodes.failed : exitCodes.done;
}

await runCommand({ help, options }, ({ values }) => {
  const { list: asList = false, unconfirmed = false, profile = false, json = false } = values;
  if (asList && unconfirmed) throw new UsageError("--list and --unconfirmed exclude each other", "Give one of them");
  const root = projectFolder();
  const chosen = chooseEnvironments(values.env);
  if (asList) list(json);
  else if (unconfirmed) listUnconfirmed(root, chosen, json);
  else return check(root, chosen, json, profile);
  return exitCodes.done;
});
