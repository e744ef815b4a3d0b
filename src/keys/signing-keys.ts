import { generateKeyPair } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { SigningKey } from '#model/signing-key.ts';
import type { Clock } from '#ports/clock.ts';
import type { KeyStore, SigningKeys } from '#ports/keys.ts';
import { signingCertificate, withCertificate } from './signing-certificate.ts';
import { keyIdOf, type TokenKeys, tokenKeysOf } from './token/token-keys.ts';

const makeKeyPair = promisify(generateKeyPair);

/** A tenant's signing keys; the first is made on first use and signs at once. */
export interface RotatingKeys extends SigningKeys {
  /**
   * Makes a new key. It is published at once and signs after {@link publishedBeforeSigning}; the older ones still verify.
   * `now`: it signs as soon as a process has read it, for the case that the older key is compromised.
   */
  rotate(alg?: SigningKey['alg'], signs?: 'published' | 'now'): Promise<SigningKey>;
  /** Makes no key where there is none. @throws signingTokenUnavailable where the key that signs is on a token that cannot sign */
  check(): Promise<void>;
}

/** Milliseconds after which the keys are read again: another process on the same database may have made one. */
const readAgainAfter = 60_000;
/** Least milliseconds between two readings that a stranger causes, by a made-up key id or by asking for the JWK set. */
const readForStrangersAfter = 1_000;
/** Milliseconds a key is in the JWK set before it signs. Longer than `readAgainAfter`, with room for clocks that differ. */
export const publishedBeforeSigning = 5 * 60_000;

type StoredKeys = Awaited<ReturnType<KeyStore['list']>>;

/**
 * The key that signs first: the newest that was published long enough ago, else the oldest there is. Every process
 * computes this from the same rows.
 */
function signingFirst(keys: StoredKeys, now: number): StoredKeys {
  const signsFrom = ({ createdDateTime, signsFromDateTime }: StoredKeys[number]) =>
    signsFromDateTime?.getTime() ?? createdDateTime.getTime() + publishedBeforeSigning;
  const isPublished = keys.filter((key) => signsFrom(key) <= now);
  const signs = isPublished[0] ?? keys.at(-1)!;
  return [signs, ...keys.filter((key) => key !== signs)];
}

/** RS256 by default: every Entra client expects it. Where the settings name a PKCS #11 token, new keys are made there. */
export function openSigningKeys(
  store: KeyStore,
  clock: Clock,
  onToken: TokenKeys = tokenKeysOf('', undefined),
): RotatingKeys {
  let cachedKeys: { readonly since: number; readonly keys: Promise<StoredKeys> } | undefined;
  const rotate = async (alg: SigningKey['alg'] = 'RS256', signs: 'published' | 'now' = 'published') => {
    const at = clock.now();
    const key = await (onToken.token === undefined ? makeKey(alg, at) : onToken.make(alg, at));
    await store.add(key, at, signs === 'now' ? at : undefined);
    cachedKeys = undefined;
    return key;
  };
  const readRows = async () =>
    (await store.list()).map((key) => onToken.attach(withCertificate(key, key.createdDateTime)));
  const load = async () => {
    const row = await readRows();
    if (row.length > 0) return row;
    await rotate();
    return readRows(); // ours, and that of another process that began in the same moment
  };
  const read = (since: number) => {
    const keys = load().catch((problem: unknown) => {
      if (cachedKeys?.keys === keys) cachedKeys = undefined;
      throw problem;
    });
    cachedKeys = { since, keys };
    return keys;
  };
  let next: Promise<StoredKeys> | undefined;
  /** One reading a second: a caller that needs one within a second of the last waits for the next, together with all others. */
  const readNext = (now: number) => {
    const wait = readForStrangersAfter - ageAt(now);
    if (wait <= 0) return read(now);
    next ??= setTimeout(wait).then(() => {
      next = undefined;
      return read(clock.now().getTime());
    });
    return next;
  };
  const ageAt = (now: number) =>
    cachedKeys === undefined ? Number.POSITIVE_INFINITY : Math.abs(now - cachedKeys.since);
  const current: SigningKeys['current'] = async (kid) => {
    const now = clock.now().getTime();
    const age = ageAt(now);
    const keys = await (age < readAgainAfter ? cachedKeys!.keys : read(now));
    const isKnown = kid === undefined || keys.some((key) => key.kid === kid);
    return signingFirst(isKnown ? keys : await readNext(now), now);
  };
  return {
    rotate,
    current,
    async check() {
      const keys = await (cachedKeys?.keys ?? readRows());
      if (keys.length > 0) await onToken.check(signingFirst(keys, clock.now().getTime())[0]!);
    },
    async published() {
      const now = clock.now().getTime();
      return signingFirst(await (ageAt(now) < readForStrangersAfter ? cachedKeys!.keys : read(now)), now);
    },
  };
}

async function makeKey(alg: SigningKey['alg'], at: Date): Promise<SigningKey> {
  const { privateKey } =
    alg === 'ES256'
      ? await makeKeyPair('ec', { namedCurve: 'P-256' })
      : await makeKeyPair('rsa', { modulusLength: 2048, publicExponent: 0x10001 });
  const jwk = privateKey.export({ format: 'jwk' });
  const kid = keyIdOf(jwk as Record<string, unknown>);
  const key: SigningKey = { kid, alg, privateJwk: { ...jwk, kid, alg, use: 'sig' } };
  if (alg !== 'ES256') return key;
  return { ...key, privateJwk: { ...key.privateJwk, x5c: [signingCertificate(key, at)] } };
}
