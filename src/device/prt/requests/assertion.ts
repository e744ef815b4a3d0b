import { clockSkew, timesProblem } from '#core/device/jose/claimed-times.ts';
import { type CompactJws, certificatesInHeader, numericClaim, readCompactJws } from '#core/device/jose/compact-jws.ts';
import { isSignedBy, publicKeyOf } from '#core/device/jose/jws-signature.ts';
import { checkRequestNonce } from '#core/device/request-nonce.ts';
import { isUserPrincipalNameShaped } from '#core/device/sign-in-name.ts';
import { firstRefusal, passed, type Ruling, refused, success } from '#core/trace/ruling.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { tenantAliases } from '#signin/user/realm.ts';
import { isFirstUse } from '../../first-use.ts';
import type { PrtTenant } from '../context.ts';

/** windows-sign-in §4.7: assertionMaxAge, with and without a nonce, and clockSkew. Seconds. */
const longestWithNonce = 3600;
/** Windows Hello clients date `iat` back and `exp` forward by an hour each (windows-sign-in §3.3). */
export const longestOfHello = 7800;
const longestWithoutNonce = 600;

/** An assertion of a user's key, whose signature and times have been verified. */
export interface Assertion {
  readonly jws: CompactJws;
  /** `iss`: the name that the device sends. */
  readonly username: string;
}

/** Whether the header is that of a certificate or of a Windows Hello key; undefined for neither and for both (§3.2). */
export function assertionKind({ header }: CompactJws): 'certificate' | 'windowsHelloForBusiness' | undefined {
  const isCertificate = header.x5c !== undefined;
  const isHello = header.use === 'ngc' || header.kid !== undefined;
  if (isCertificate === isHello) return undefined;
  return isCertificate ? 'certificate' : 'windowsHelloForBusiness';
}

/**
 * The assertion of a smart card (windows-sign-in §3.4, steps 2 and 3). The certificate itself is evaluated by the steps that
 * every certificate passes. Refuses with `deviceRequestMalformed`, `certificateUnreadable`, `assertionAlgorithmUnfit`,
 * `assertionSignatureWrong`, `deviceNameMalformed` and the reasons of {@link checkTimes}.
 */
export async function readCertificateAssertion(
  text: string,
  outerNonce: unknown,
  tenant: PrtTenant,
): Promise<Ruling<Assertion> & { readonly leaf?: Uint8Array }> {
  const reading = readCompactJws(text);
  if (reading.outcome !== 'passed') return reading;
  const jws = reading.value;
  const certificates = certificatesInHeader(jws);
  if (certificates.outcome !== 'passed') return certificates;
  const leaf = certificates.value[0]!;
  const certificateRuling = readCertificate(leaf);
  if (certificateRuling.outcome !== 'passed') return certificateRuling;
  const algorithm = String(jws.header.alg).slice(0, 20);
  const key = publicKeyOf(certificateRuling.value.subjectPublicKeyInfo);
  const isSigned = key && isSignedBy(jws, jws.header.alg, key);
  if (isSigned === undefined) return { ...refused('assertionAlgorithmUnfit', { algorithm }), leaf };
  if (!isSigned) return { ...refused('assertionSignatureWrong', {}), leaf };
  const timesRuling = await checkTimes({ jws, outerNonce }, tenant);
  const ruling = firstRefusal(timesRuling, checkName(jws));
  if (ruling.outcome !== 'passed') return { ...ruling, leaf };
  const username = nameIn(jws);
  return { ...passed({ jws, username }, 'assertionAccepted', { username, algorithm }), leaf };
}

/** `iss`, the name that a device sends. */
export const nameIn = ({ payload }: CompactJws): string =>
  typeof payload.iss === 'string' ? payload.iss.trim().slice(0, 400) : '';

/** WIN-11. Whether the certificate may name the user where the name is empty is for the tenant to say. */
function checkName(jws: CompactJws): Ruling<void> {
  const username = nameIn(jws);
  if (username === '' || isUserPrincipalNameShaped(username)) return success();
  return refused('deviceNameMalformed', { username });
}

interface TimesChecked {
  readonly jws: CompactJws;
  /** The nonce that the assertion must repeat; undefined where another one that is valid will do. */
  readonly outerNonce: unknown;
  /** Seconds between `iat` and `exp`. */
  readonly longest?: number;
}

/**
 * Times, audience and nonce (windows-sign-in §3.4 step 3). A nonce that is there must be the one of the request around it;
 * without one the assertion is short-lived, and taken once. Refuses with assertionOutdated, assertionAudienceWrong, assertionReplayed
 * and deviceNonceInvalid.
 */
export async function checkTimes(
  { jws, outerNonce, longest = longestWithNonce }: TimesChecked,
  tenant: PrtTenant,
): Promise<Ruling<void>> {
  const { payload } = jws;
  const nonce = payload.request_nonce;
  const hasNonce = nonce !== undefined && nonce !== '';
  const problem = timeProblem(payload, hasNonce ? longest : longestWithoutNonce, tenant.at);
  if (problem) return refused('assertionOutdated', { problem });
  if (!isAudience(payload.aud, tenant))
    return refused('assertionAudienceWrong', { audience: String(payload.aud).slice(0, 200) });
  if (!hasNonce) {
    const isFirst = await isFirstUse(jws.signingInput, longestWithoutNonce + 2 * clockSkew, tenant.ports.oidcRecords);
    return isFirst ? success() : refused('assertionReplayed', {});
  }
  if (outerNonce !== undefined && nonce !== outerNonce)
    return refused('deviceNonceInvalid', {
      problem: 'the value in the assertion differs from the value in the request',
    });
  return firstRefusal(checkRequestNonce(nonce, tenant.nonceKey, tenant.at));
}

function timeProblem(payload: CompactJws['payload'], longest: number, at: Date): string | undefined {
  const [issued, expires] = [numericClaim(payload, 'iat'), numericClaim(payload, 'exp')];
  if (issued === undefined || expires === undefined) return 'iat or exp is missing';
  const now = at.getTime() / 1000;
  if (expires - issued > longest) return `it is valid for more than ${longest} seconds`;
  if (issued > now + clockSkew) return 'iat is in the future';
  const claimed = timesProblem(payload, at);
  if (claimed) return claimed;
  return issued < now - longest - clockSkew ? 'iat is too old' : undefined;
}

/** windows-sign-in §3.3: the issuer, the tenant by any name, or a token endpoint. */
function isAudience(audience: unknown, { publicOrigin, tenantId, ports }: PrtTenant): boolean {
  if (typeof audience !== 'string') return false;
  const names = [...tenantAliases, tenantId, ...ports.tenant.domains.map(({ id }) => id)];
  const plain = audience.toLowerCase().replace(/\/+$/, '');
  const { host } = new URL(publicOrigin);
  if (plain === 'login.microsoftonline.com' || plain === host || plain === publicOrigin) return true;
  return names.some((name) =>
    [
      name,
      `https://sts.windows.net/${name}`,
      `${publicOrigin}/${name}`,
      `${publicOrigin}/${name}/v2.0`,
      `${publicOrigin}/${name}/oauth2/token`,
      `${publicOrigin}/${name}/oauth2/v2.0/token`,
    ].includes(plain),
  );
}
