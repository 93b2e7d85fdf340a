import { containersOf, workloadsOf } from "./pods.ts";
import { fieldsAt, listAt, textAt } from "./read.ts";
import type { Resource, Rule } from "./rule.ts";

/** Names of what is secret, wherever a value stands beside them. */
const SECRET_NAME =
  /(password|passwd|passphrase|secret|token|api-?key|access-?key|private-?key|connection-?string|credentials?)$/i;

/** Texts that are secret whatever they are called. */
const SECRET_TEXTS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  // A template's `{{ .password }}` is filled where the Secret is made.
  ["an address with a password", /[a-z][a-z0-9+.-]*:\/\/[^\s/:@{}]*:(?!\{\{|\$\{|\$\()[^\s/@{}]+@/],
  ["a connection string", /(SharedAccessKey|AccountKey|Password|Pwd)=(?!\{\{|\$\{|\$\()[^;\s{}]{6,}/],
  ["a JSON web token", /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/],
  [
    "an access key",
    /\b(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|sk-[A-Za-z0-9_-]{20,}|xox[baprs]-[A-Za-z0-9-]{10,})/,
  ],
];

/** Cheap test that every text above passes; most texts fail it. */
const SUSPICIOUS = /:\/\/[^\s/@]*@|PRIVATE KEY|Key=|Password=|Pwd=|eyJ|AKIA|gh[pousr]_|\bsk-|xox/;

/** Every text of a document is looked at, so this collects instead of yielding. */
function suspicious(value: unknown, path: string, found: [string, string][]): void {
  if (typeof value === "string") {
    if (SUSPICIOUS.test(value)) found.push([path, value]);
  } else if (typeof value === "object" && value !== null) {
    for (const key in value) suspicious((value as Record<string, unknown>)[key], key, found);
  }
}

const noSecretObject: Rule = {
  id: "secret-not-rendered",
  reason: "What is in Git is read by everybody who can read the repository, for ever.",
  remedy: "Let External Secrets copy it from where it lives",
  severity: "error",
  *check(rendering) {
    for (const resource of rendering.ofKind("Secret")) {
      const keys = ["data", "stringData"].flatMap((field) => Object.keys(fieldsAt(resource.manifest, field)));
      if (keys.length > 0) yield { resource, problem: `it holds ${keys.join(", ")}` };
    }
  },
};

const noSecretText: Rule = {
  id: "secret-not-in-text",
  reason: "A password in a manifest is a password in Git.",
  remedy: "Refer to a Secret that External Secrets makes",
  severity: "error",
  *check({ resources }) {
    const found: [string, string][] = [];
    for (const resource of resources) {
      found.length = 0;
      suspicious(resource.manifest, "", found);
      for (const [path, text] of found) {
        const what = SECRET_TEXTS.find(([, pattern]) => pattern.test(text))?.[0];
        if (what) yield { resource, problem: `${path} holds ${what}` };
      }
    }
  },
};

/** Paths of files, references and templates name a secret without being one. */
const isReference = (value: string): boolean => value === "" || /^(\/|\$\(|\$\{|\{\{|true$|false$|\d+$)/.test(value);

function* namedSecrets(resource: Resource, where: string, entries: Iterable<readonly [name: string, value: string]>) {
  for (const [name, value] of entries) {
    if (SECRET_NAME.test(name) && !isReference(value))
      yield { resource, problem: `${where} ${name} has its value written out` };
  }
}

const noSecretVariable: Rule = {
  id: "secret-not-in-variable",
  reason: "A variable's value is in Git, in every `kubectl describe` and in crash reports.",
  remedy: "Mount the secret as a file, or refer to it with valueFrom, envRef or secretKeyRef",
  severity: "error",
  *check(rendering) {
    for (const workload of workloadsOf(rendering)) {
      for (const { env = [] } of containersOf(workload)) {
        const literal = env.map(({ name, value = "" }) => [name, value] as const);
        yield* namedSecrets(workload.resource, "the variable", literal);
      }
    }
    for (const resource of rendering.ofKind("Component")) {
      const literal = listAt(resource.manifest.spec, "metadata").map(
        (entry) => [String(entry.name), textAt(entry, "value") ?? ""] as const,
      );
      yield* namedSecrets(resource, "metadata", literal);
    }
    for (const resource of rendering.ofKind("ConfigMap")) {
      yield* namedSecrets(
        resource,
        "data",
        Object.entries(fieldsAt(resource.manifest, "data") as Record<string, string>),
      );
    }
  },
};

export const secretRules: readonly Rule[] = [noSecretObject, noSecretText, noSecretVariable];
