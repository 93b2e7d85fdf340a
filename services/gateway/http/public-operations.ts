/** What of the services' APIs is public: derived from their contracts, so that a new operation is served without another line. */
import type { HttpApi, OperationProps } from "#contracts/http/define";
import { httpApis } from "#contracts/http/index";
import { todo } from "#system";

export const API_PREFIX = "/api";

/** Each service's part of `GET /api/export`; served there, as one document. */
export const EXPORT_PATH = "/v1/export";

export interface PublicOperation {
  readonly service: string;
  readonly name: string;
  readonly operation: OperationProps;
}

const apis: Readonly<Record<string, HttpApi>> = httpApis;

/** APIs of the services that the gateway invokes, as far as they have any. */
export const calleeApis: readonly HttpApi[] = Object.keys(todo.services.gateway.invokes).flatMap((callee) => {
  const api = apis[callee];
  return api ? [api] : [];
});

const isForwarded = ({ internal, path }: OperationProps): boolean =>
  !internal && path.startsWith("/v1/") && path !== EXPORT_PATH;

/**
 * Operations of the services, in the order in which routes are matched.
 * @throws TypeError when two services offer the same
 */
export function publicOperations(from: readonly HttpApi[] = calleeApis): PublicOperation[] {
  const owners = new Map<string, string>();
  return from.flatMap(({ service, operations }) =>
    Object.entries(operations).flatMap(([name, operation]) => {
      if (!isForwarded(operation)) return [];
      const route = `${operation.method} ${operation.path}`;
      const owner = owners.get(route);
      if (owner)
        throw new TypeError(`both ${owner} and ${service} offer "${route}": one of them must be called otherwise`);
      owners.set(route, service);
      return [{ service, name, operation }];
    }),
  );
}
