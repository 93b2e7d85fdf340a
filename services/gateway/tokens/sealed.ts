/** Encryption of what the database may keep but not know: AES-256-GCM under a key derived from a secret (HKDF, RFC 5869). */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const IV_BYTES = 12;
const TAG_BYTES = 16;

export interface Box {
  /** @param about bound to the text: it opens only under the same */
  seal(text: string, about: string): Buffer;
  /** @returns undefined when it was sealed with another secret, for something else, or altered */
  open(sealed: Buffer, about: string): string | undefined;
}

/** @param purpose other purposes get other keys from the same secret */
export function boxOf(secret: string, purpose: string): Box {
  const key = Buffer.from(hkdfSync("sha256", secret, "", purpose, 32));
  return Object.freeze({
    seal: (text: string, about: string) => {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(about));
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]);
    },
    open: (sealed: Buffer, about: string) => {
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, IV_BYTES))
          .setAAD(Buffer.from(about))
          .setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        return decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
      } catch {
        return undefined;
      }
    },
  });
}
