import { createHash, X509Certificate } from 'node:crypto';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import { messageOf } from '#core/trace/fault.ts';
import { type Refusal, type Ruling, refused, success } from '#core/trace/ruling.ts';
import { defaultAlgorithmPolicy } from '#core/x509/algorithms/algorithm-policy.ts';
import { checkKey } from '#core/x509/algorithms/public-key.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import type { Application, KeyCredential } from '#model/application.ts';
import type { OidcRecords } from '#ports/applications.ts';
import { readClaims } from '#schema/json.ts';
import type { TokenForm } from '#signin/device/token-form.ts';

/** RFC 7523 §2.2. */
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const longest = 16 * 1024;
/** Seconds by which the clocks of a client may be off, as Entra allows. */
const clockTolerance = 300;
/** Seconds from now to the end of an assertion, at most: its use is remembered until then. */
const longestLifetime = 86_400;

/** A token request that is to be evaluated by its client assertion. */
export interface AssertionRequest {
  readonly form: TokenForm;
  /** Whether the request has an Authorization header: it may authenticate by one method only (RFC 6749 §2.3). */
  readonly isBasic: boolean;
  readonly ipAddress: string;
  /** `aud` must be one of these: addresses of the token endpoint. */
  readonly audiences: readonly string[];
  readonly at: Date;
}
interface Stores {
  findApplication(appId: string): Promise<Application | undefined>;
  readonly records: OidcRecords;
  /** For the words of a refusal. */
  readonly tenant: string;
}

/** The application that signed the client assertion of this request with a certificate of its own. Refuses with clientAssertionInvalid and others. */
export async function readClientAssertion(
  assertionRequest: AssertionRequest,
  stores: Stores,
): Promise<Ruling<{ readonly appId: string }>> {
  const { client_assertion: assertion = '', ...fields } = assertionRequest.form.fields;
  const subject = subjectOf(assertion);
  const appId = (fields.client_id || subject).slice(0, 100);
  if (fields.client_assertion_type !== assertionType) return invalid(appId, 'client_assertion_type');
  if (fields.client_secret || assertionRequest.isBasic) return invalid(appId, 'the request has a client secret too');
  if (subject === '' || subject.toLowerCase() !== appId.toLowerCase()) return invalid(appId, 'iss, sub or client_id');
  const application = await stores.findApplication(appId);
  if (!application) return refused('applicationUnknown', { appId, tenant: stores.tenant });
  const choice = credentialFor(assertion, application, assertionRequest.at);
  if (choice.outcome !== 'passed') return choice;
  const payload = await verification(assertion, choice.value, assertionRequest);
  if (typeof payload === 'string') return invalid(appId, payload);
  const isNew = await firstUse(appId, payload, assertionRequest, stores.records);
  return isNew ? success({ appId: application.appId }) : refused('clientAssertionReplayed', { appId });
}

const invalid = (appId: string, problem: string): Refusal => refused('clientAssertionInvalid', { appId, problem });

/** `sub`, unverified; empty when this is not an assertion. */
function subjectOf(assertion: string): string {
  const { iss, sub = '' } = (assertion.length <= longest && readClaims(namesOfClient, assertion)) || {};
  return sub === iss ? sub : '';
}

const namesOfClient = z.object({ iss: z.string(), sub: z.string() });

/** The registered certificate the header names: by thumbprint, by key id, or as the first of `x5c`. */
function credentialFor(
  assertion: string,
  { appId, keyCredentials = [] }: Application,
  at: Date,
): Ruling<KeyCredential> {
  const names = thumbprintsNamed(assertion);
  if (typeof names === 'string') return invalid(appId, names);
  const keyCredential = keyCredentials.find((credential) => {
    const thumbprints = thumbprintsOf(credential);
    return names.every((name) => thumbprints.includes(name));
  });
  if (!keyCredential) return invalid(appId, 'its certificate is not registered for the application');
  const der = Buffer.from(keyCredential.certificate, 'base64');
  const keyProblem = problemOfKey(der);
  if (keyProblem !== undefined) return invalid(appId, keyProblem);
  const { validFromDate, validToDate } = new X509Certificate(der);
  const [from, to] = [Date.parse(keyCredential.startDateTime), Date.parse(keyCredential.endDateTime)];
  if (at.getTime() < Math.max(from, validFromDate.getTime())) return invalid(appId, 'its certificate is not valid yet');
  const end = new Date(Math.min(to, validToDate.getTime()));
  if (at > end)
    return refused('clientCredentialExpired', { appId, keyId: keyCredential.keyId, end: end.toISOString() });
  return success(keyCredential);
}

/** The key policy of cards holds for clients too, also for certificates registered before it did. */
function problemOfKey(der: Uint8Array): string | undefined {
  const read = readCertificate(der);
  if (read.outcome !== 'passed') return messageOf(read.because);
  const keyRuling = checkKey(read.value.subjectPublicKeyInfo, defaultAlgorithmPolicy);
  return keyRuling.outcome === 'passed' ? undefined : messageOf(keyRuling.because);
}

/** Thumbprints in lower-case hex: everything the header says of the certificate, which all must be true; or what is wrong. */
function thumbprintsNamed(assertion: string): readonly string[] | string {
  const header = headerOf(assertion);
  if (!header) return 'its header';
  const hex = (value: unknown) => Buffer.from(String(value), 'base64url').toString('hex');
  const leaf: unknown = [header.x5c ?? []].flat()[0];
  const names = [
    ...(header['x5t#S256'] === undefined ? [] : [hex(header['x5t#S256'])]),
    ...(header.x5t === undefined ? [] : [hex(header.x5t)]),
    // Some clients write line breaks into x5c; RFC 7515 §4.1.6 has none.
    ...(typeof leaf === 'string' ? [sha256(Buffer.from(leaf.replace(/\s/g, ''), 'base64'))] : []),
  ];
  if (names.length > 0) return names;
  if (typeof header.kid !== 'string') return 'it names no certificate (x5t#S256, x5t, x5c)';
  return [/^[0-9a-f]{40}$/i.test(header.kid) ? header.kid.toLowerCase() : hex(header.kid)];
}

function headerOf(assertion: string): Record<string, unknown> | undefined {
  try {
    return decodeProtectedHeader(assertion) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function thumbprintsOf({ certificate }: KeyCredential): readonly string[] {
  const der = Buffer.from(certificate, 'base64');
  return [sha256(der), createHash('sha1').update(der).digest('hex')];
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Its claims, or what is wrong with it. */
async function verification(assertion: string, { certificate }: KeyCredential, assertionRequest: AssertionRequest) {
  const { publicKey } = new X509Certificate(Buffer.from(certificate, 'base64'));
  try {
    const { payload } = await jwtVerify(assertion, publicKey, {
      algorithms: ['PS256', 'RS256', 'ES256'],
      audience: [...assertionRequest.audiences],
      currentDate: assertionRequest.at,
      clockTolerance,
      requiredClaims: ['exp', 'jti'],
    });
    const isShort = payload.exp! - assertionRequest.at.getTime() / 1000 <= longestLifetime;
    return isShort ? payload : 'exp is more than a day away';
  } catch (problem) {
    if (problem instanceof errors.JWTClaimValidationFailed) return `its claim ${problem.claim}`;
    return problem instanceof errors.JOSEError ? problem.code : 'its signature';
  }
}

/**
 * RFC 7523 §3 (7). MSAL keeps one assertion for ten minutes and asks for several resources with it, so a `jti` is held
 * to the address that used it first, and the identical request is accepted once.
 */
async function firstUse(appId: string, payload: JWTPayload, assertionRequest: AssertionRequest, records: OidcRecords) {
  const seconds = Math.ceil(payload.exp! + clockTolerance - assertionRequest.at.getTime() / 1000);
  const model = 'ClientAssertion';
  const id = digest([appId, payload.jti]);
  const { ipAddress } = assertionRequest;
  const existing = await records.find(model, id);
  if (!existing) await records.upsert(model, id, { ipAddress }, seconds);
  // A node of an earlier version, which compares the address alone, or another request of this moment wrote it.
  else if (existing.consumed === undefined && existing.ipAddress !== ipAddress) return false;
  // Of several addresses at once, on whichever nodes, one consumes it and continues with it.
  const isHolder = existing?.consumed === undefined && (await records.consume(model, id, ipAddress));
  if (!isHolder && (await records.find(model, id))?.consumedBy !== ipAddress) return false;
  const request = digest([appId, payload.jti, String(assertionRequest.form)]);
  await records.upsert(model, request, {}, seconds);
  return records.consume(model, request);
}

const digest = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
