/** Secrets as they are kept in the store: only who has the account's auth token can read them. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const SALT_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM, under a key made of the auth token and a salt of its own. */
export function seal(secret: string, authToken: string): string {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyOf(authToken, salt), iv);
  const hidden = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([salt, iv, cipher.getAuthTag(), hidden]).toString('base64url');
}

/** Null where it was sealed with another auth token, or is damaged. */
export function unseal(sealed: string, authToken: string): string | null {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < SALT_BYTES + IV_BYTES + TAG_BYTES) return null;
  const [ivAt, tagAt, hiddenAt] = [SALT_BYTES, SALT_BYTES + IV_BYTES, SALT_BYTES + IV_BYTES + TAG_BYTES];
  try {
    const key = keyOf(authToken, bytes.subarray(0, ivAt));
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(ivAt, tagAt));
    decipher.setAuthTag(bytes.subarray(tagAt, hiddenAt));
    return Buffer.concat([decipher.update(bytes.subarray(hiddenAt)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

function keyOf(authToken: string, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', authToken, salt, 'offhook browser phone', 32));
}
