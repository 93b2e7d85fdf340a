import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RenderedDocument } from "#emit/document";
import { header } from "#emit/header";

/** A folder of its own that disappears with its scope. */
export function temporaryFolder(): { readonly path: string } & Disposable {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "emit-")));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Everything below a folder: the text of files with their mode, the mode of folders. */
export function snapshot(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const path = join(folder, name);
    const stat = lstatSync(path);
    const mode = (stat.mode & 0o777).toString(8);
    found[name] = stat.isFile() ? `${mode} ${readFileSync(path, "utf8")}` : mode;
  }
  return found;
}

export function rendered(contents: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(
    Object.entries(contents).map(([path, content]) => [path, `${header("services.tasks")}a: ${content}\n`]),
  );
}

export function writeTree(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

export function configMap(name: string, more: Partial<RenderedDocument> = {}): RenderedDocument {
  return {
    environment: "dev",
    application: "tasks",
    origin: "services.tasks",
    manifest: { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "todo-apps" } },
    ...more,
  };
}

/** A rendering and the next: files and folders are added, changed and removed. */
export const before = rendered({
  "dev/tasks/todo-apps/service_tasks.yaml": "1",
  "dev/tasks/todo-apps/deployment.apps_tasks.yaml": "1",
  "dev/tasks/todo-apps/role_tasks.yaml": "1",
  "dev/chat/todo-apps/service_chat.yaml": "1",
});
export const after = rendered({
  "dev/tasks/todo-apps/service_tasks.yaml": "1",
  "dev/tasks/todo-apps/deployment.apps_tasks.yaml": "2",
  "dev/tasks/todo-apps/configmap_tasks.yaml": "2",
  "dev/audit/todo-apps/service_audit.yaml": "2",
  "dev/audit/_cluster/clusterrole_audit.yaml": "2",
});
