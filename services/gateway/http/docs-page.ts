/** The API as a page to read: made on the server, with nothing to load and nothing to run. */
import { createHash } from "node:crypto";
import { html, raw } from "hono/html";
import type { ApiDocument, OperationDocument } from "./openapi.ts";
import { describeSchema } from "./schema-text.ts";

export interface DocsPage {
  readonly html: string;
  /** Content-Security-Policy that lets this page's style through, and nothing else. */
  readonly policy: string;
}

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, CanvasText 18%, Canvas); --soft: color-mix(in srgb, CanvasText 6%, Canvas); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 .25rem; font-size: 1.75rem; } h2 { margin: 2rem 0 .5rem; font-size: 1.25rem; text-transform: capitalize; }
h3 { margin: 1rem 0 .25rem; font-size: 1rem; } p { margin: .25rem 0 .5rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .5rem 1rem; padding: 0; list-style: none; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; padding: 0 .75rem; }
summary { cursor: pointer; display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; padding: .5rem 0; }
code, pre { font: .875rem/1.45 ui-monospace, monospace; }
pre { background: var(--soft); border-radius: .375rem; margin: .25rem 0 1rem; overflow-x: auto; padding: .75rem; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700; text-transform: uppercase; }
.path { overflow-wrap: anywhere; } .what { flex: 1 1 16rem; }
table { border-collapse: collapse; width: 100%; margin: 0 0 1rem; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .5rem .25rem 0; text-align: left; vertical-align: top; }
`;

interface Located extends OperationDocument {
  readonly method: string;
  readonly path: string;
}

export async function docsPage(document: ApiDocument): Promise<DocsPage> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Located => ({ ...operation, method, path })),
  );
  const { title, version, description } = document.info as Record<"title" | "version" | "description", string>;
  const tags = (document.tags as readonly { readonly name: string }[]).map(({ name }) => name);
  const page = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: API</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<h1>${title}: API</h1>
<p>Version ${version}. ${description} The same as a document: <a href="/api/openapi.json">OpenAPI 3.1</a>.</p>
<nav aria-label="Parts of the API"><ul>${tags.map((tag) => html`<li><a href="#${tag}">${tag}</a></li>`)}</ul></nav>
</header>
<main>
${tags.map((tag) => section(document, tag, operations))}
</main>
</body>
</html>
`;
  const hash = createHash("sha256").update(STYLE).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return { html: page.toString(), policy };
}

const section = (document: ApiDocument, tag: string, operations: readonly Located[]) => html`
<section id="${tag}"><h2>${tag}</h2>
${operations.filter(({ tags }) => tags.includes(tag)).map((operation) => entry(document, operation))}
</section>`;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description?: string;
  readonly schema: unknown;
}

type Content = Readonly<Record<string, { readonly schema?: unknown }>>;

function entry(document: ApiDocument, operation: Located) {
  const { method, path, summary, description } = operation;
  const body = operation.requestBody as { readonly content: Content; readonly description: string } | undefined;
  const open = operation.security.length === 0;
  return html`<details id="${operation.operationId}">
<summary><span class="method">${method}</span><code class="path">${path}</code><span class="what">${summary}</span></summary>
${description ? html`<p>${description}</p>` : ""}
${open ? html`<p>Needs no session.</p>` : ""}
${parameters(document, operation.parameters as readonly Parameter[])}
${body ? html`<h3>Body</h3><p>${body.description}</p>${content(document, body.content)}` : ""}
<h3>Answers</h3>
${Object.entries(operation.responses as Readonly<Record<string, unknown>>).map(([status, response]) =>
  answer(document, status, response),
)}
</details>`;
}

function parameters(document: ApiDocument, list: readonly Parameter[]) {
  if (list.length === 0) return "";
  return html`<h3>Parameters</h3><table><thead><tr><th>Name</th><th>In</th><th>Value</th></tr></thead><tbody>
${list.map(
  ({
    name,
    in: place,
    required,
    schema,
    description,
  }) => html`<tr><td><code>${name}</code>${required ? " (required)" : ""}</td>
<td>${place}</td><td><code>${describeSchema(document, schema)}</code> ${description ?? ""}</td></tr>`,
)}</tbody></table>`;
}

function answer(document: ApiDocument, status: string, response: unknown) {
  const { $ref, description, content: body } = response as { $ref?: string; description?: string; content?: Content };
  if ($ref) {
    const problem = document.components.responses[$ref.split("/").at(-1) ?? ""] as { readonly description: string };
    return html`<p><code>${status}</code> ${problem.description}: problem details</p>`;
  }
  return html`<p><code>${status}</code> ${description}</p>${body ? content(document, body) : ""}`;
}

const content = (document: ApiDocument, types: Content) =>
  Object.entries(types).map(([type, { schema }]) =>
    schema === undefined ? html`<p><code>${type}</code></p>` : html`<pre>${describeSchema(document, schema)}</pre>`,
  );
