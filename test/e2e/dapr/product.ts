/** The product as `npm run start:dapr` runs it, on ports and in a data folder of its own. */
import { type RealSidecars, type RealSidecarsOptions, realSidecars } from "#local/dapr/start";
import { type Product, type ProductOptions, startProduct } from "#test/system/support";

export interface RealProduct extends Product {
  readonly sidecars: RealSidecars;
  /** To a service's sidecar, as the service would. */
  callSidecar(service: string, path: string, init?: RequestInit): Promise<Response>;
}

export async function startRealProduct(
  options: Omit<ProductOptions, "sidecars"> = {},
  real: RealSidecarsOptions = {},
): Promise<RealProduct> {
  let sidecars: RealSidecars | undefined;
  const product = await startProduct({
    ...options,
    sidecars: realSidecars(real, (started) => {
      sidecars = started;
    }),
  });
  if (!sidecars) throw new Error("the product started without its sidecars");
  const { daprds, platform } = sidecars;
  return Object.freeze({
    ...product,
    sidecars,
    callSidecar: (service: string, path: string, init: RequestInit = {}) =>
      fetch(`${daprds.get(service)?.url}${path}`, {
        ...init,
        headers: {
          "dapr-api-token": platform.secret(`${service}-dapr-api-token`, "token"),
          ...(init.headers as Record<string, string>),
        },
        signal: AbortSignal.timeout(20_000),
      }),
  });
}
