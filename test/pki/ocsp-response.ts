import { createHash, type KeyObject } from 'node:crypto';
import type { Authority } from '#pki/build/authority.ts';
import * as der from '#pki/build/der-writer.ts';
import { algorithmOf, publicKeyInfo, schemeFor, sign } from '#pki/build/fields/keys.ts';
import type { Issued } from '#pki/build/issued.ts';

/** What a responder says of one certificate. */
export interface Statement {
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly thisUpdate: Date;
  readonly nextUpdate?: Date;
  /** The hash that names the issuer; SHA-1 unless said otherwise. */
  readonly hash?: keyof typeof hashOids;
}

const hashOids = { sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1', sha512: '2.16.840.1.101.3.4.2.3' };

/** An OCSP response (RFC 6960 §4.2.1) that the CA itself signs, with as many answers about one card as there are. */
export function ocspResponse(
  ca: Authority,
  card: Issued,
  producedAt: Date,
  statements: readonly Statement[],
  signWith: KeyObject = ca.privateKey,
): Uint8Array {
  const data = der.sequence(
    der.contextConstructed(1, ca.subject),
    der.generalizedTime(producedAt),
    der.sequence(...statements.map((statement) => single(ca, card, statement))),
  );
  const scheme = schemeFor(signWith);
  const basic = der.sequence(data, algorithmOf(scheme), der.bitString(sign(data, signWith, scheme)));
  return der.sequence(
    der.enumerated(0),
    der.contextConstructed(0, der.sequence(der.oid('1.3.6.1.5.5.7.48.1.1'), der.octetString(basic))),
  );
}

function single(ca: Authority, card: Issued, { status, thisUpdate, nextUpdate, hash = 'sha1' }: Statement): Uint8Array {
  const hashed = (octets: Uint8Array) => der.octetString(createHash(hash).update(octets).digest());
  const revokedAt = der.generalizedTime(new Date('2026-01-01T00:00:00Z'));
  const states = {
    good: der.contextPrimitive(0, new Uint8Array()),
    revoked: der.contextConstructed(1, revokedAt),
    unknown: der.contextPrimitive(2, new Uint8Array()),
  };
  return der.sequence(
    der.sequence(
      der.sequence(der.oid(hashOids[hash]), der.nothing()),
      hashed(ca.subject),
      hashed(keyBits(ca.privateKey)),
      der.integer(card.serial),
    ),
    states[status],
    der.generalizedTime(thisUpdate),
    ...(nextUpdate ? [der.contextConstructed(0, der.generalizedTime(nextUpdate))] : []),
  );
}

/** The bits of the public key: the last element of SubjectPublicKeyInfo, without the octet that counts unused bits. */
function keyBits(key: KeyObject): Uint8Array {
  const info = publicKeyInfo(key);
  const algorithm = info.subarray(2, 4 + info[3]!);
  const bits = info.subarray(2 + algorithm.length);
  return bits.subarray(3);
}
