import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

export interface Certificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8, not encrypted. */
  readonly key: string;
}

export interface CertificateAuthority {
  /** PEM of the authority's own certificate: what others trust. */
  readonly certificate: string;
  /** Issues a certificate for both ends of a TLS connection, valid for loopback and for a day. Its subject is `CN=<name>`. */
  issue(commonName: string): Promise<Certificate>;
}

const elliptic = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"];

/**
 * Makes a certificate authority with openssl; its key and all that it issues stay in `folder`.
 * @throws Error if openssl 3 is not on PATH
 */
export async function createAuthority(folder: string, name: string): Promise<CertificateAuthority> {
  const ca = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  await openssl([
    ...["req", "-x509", ...elliptic, "-subj", `/CN=${name}`, "-keyout", ca.key, "-out", ca.certificate],
    ...["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"],
  ]);
  return {
    certificate: readFileSync(ca.certificate, "utf8"),
    async issue(commonName) {
      const path = join(folder, `${name}-${commonName}`);
      await openssl([
        ...["req", "-x509", ...elliptic, "-subj", `/CN=${commonName}`, "-keyout", `${path}.key`, "-out", `${path}.crt`],
        ...["-CA", ca.certificate, "-CAkey", ca.key],
        ...["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "keyUsage=critical,digitalSignature"],
        ...["-addext", "extendedKeyUsage=serverAuth,clientAuth"],
        ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
      ]);
      return { certificate: readFileSync(`${path}.crt`, "utf8"), key: readFileSync(`${path}.key`, "utf8") };
    },
  };
}

async function openssl(args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)("openssl", args);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (missing) throw new Error("openssl is not on PATH: install OpenSSL 3", { cause: error });
    throw error;
  }
}
