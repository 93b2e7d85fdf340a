import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Product, startProduct } from "#test/system/support";

let product: Product;
let files: readonly string[];
beforeAll(async () => {
  product = await startProduct({ frontend: true });
  const { bytes } = await get("/sign-in", "identity");
  files = [...new Set(bytes.toString().match(/\/_next\/static\/[\w./~-]+\.(js|css)(?=["\\])/g))];
}, 180_000);
afterAll(() => product?.stop(), 60_000);

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** As it comes over the network, through the edge: `fetch` would unpack it. */
async function get(path: string, encodings: string): Promise<Answer> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(product.origin + path, { headers: { "accept-encoding": encodings } }, resolve)
      .once("error", reject)
      .end();
  });
  return { status: answer.statusCode, headers: answer.headers, bytes: await buffer(answer) };
}

describe("scripts and styles", () => {
  it("come in brotli to who takes it, the same byte for byte", async () => {
    expect(files.some((file) => file.endsWith(".css"))).toBe(true);
    expect(files.length).toBeGreaterThan(8);
    for (const file of files) {
      const plain = await get(file, "identity");
      const packed = await get(file, "gzip, deflate, br, zstd");
      expect(packed.headers["content-encoding"]).toBe("br");
      expect(packed.headers["content-type"]).toBe(plain.headers["content-type"]);
      expect(brotliDecompressSync(packed.bytes).equals(plain.bytes)).toBe(true);
    }
  });

  it("ask the browser to compile them while they arrive", async () => {
    const scripts = files.filter((file) => file.includes("/chunks/") && file.endsWith(".js"));
    expect(scripts.length).toBeGreaterThan(5);
    for (const file of scripts)
      expect(
        (await get(file, "br").then(({ bytes }) => brotliDecompressSync(bytes))).toString().split("\n", 1),
      ).toEqual(["//# allFunctionsCalledOnLoad"]);
  });

  it.each(["gzip", "gzip, br;q=0", "gzip;q=1.0, br; q=0.0", "gzip, brotli"])(
    "come in gzip for “%s”",
    async (encodings) => {
      const [file = ""] = files;
      const { headers, bytes } = await get(file, encodings);
      expect(headers["content-encoding"]).toBe("gzip");
      expect(gunzipSync(bytes).equals((await get(file, "identity")).bytes)).toBe(true);
    },
  );

  it.each(["br", "br;q=1.0, gzip;q=0.8", "gzip, br; q=0.5"])("come in brotli for “%s”", async (encodings) => {
    const [file = ""] = files;
    expect((await get(file, encodings)).headers["content-encoding"]).toBe("br");
  });

  it("are kept for good by browsers, and told apart by caches on the way", async () => {
    for (const encodings of ["br", "gzip", "identity"]) {
      const { headers } = await get(files[0] ?? "", encodings);
      expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
      expect(headers.vary).toMatch(/accept-encoding/i);
    }
  });

  it("of another release are not found, whatever is taken", async () => {
    for (const encodings of ["br", "identity"]) {
      expect((await get("/_next/static/chunks/of-another-release.js", encodings)).status).toBe(404);
    }
  });
});
