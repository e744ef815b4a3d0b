import { randomBytes, verify } from 'node:crypto';
import { cardAlgorithmHash, cardAlgorithmOf } from '#core/device/client/card-key.ts';
import type { ServerUser } from '#core/device/workstation/account-map.ts';
import type { LocalAccount } from '#core/device/workstation/local-account.ts';
import { evaluateOffline } from '#core/device/workstation/offline-grace.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { publicKey } from '#core/x509/algorithms/public-key.ts';
import type { CardCertificate } from '../keys/card-key.ts';
import { checkUser } from './check-user.ts';
import { Grants } from './grants.ts';
import type { Workstation } from './workstation.ts';

/**
 * Signs in without the server: the certificate is the one of the last grant, and the card, with its PIN, signs random octets.
 * A try counts before the card is asked, so that none is free. @throws offlineSignInRefused, what {@link checkUser} and the card do
 */
export async function signInOffline(
  workstation: Workstation,
  account: LocalAccount,
  cardCertificate: CardCertificate,
): Promise<ServerUser> {
  const grants = new Grants(workstation.grants);
  const { sha256Thumbprint } = cardCertificate.certificate;
  const at = workstation.now();
  const record = orThrow(evaluateOffline(workstation.settings.offline, grants.find(account), sha256Thumbprint, at));
  checkUser(workstation, account, record);
  const usedAt = at.toISOString();
  grants.write(account, { ...record, usedAt, failures: record.failures + 1 });
  await proveKey(cardCertificate);
  grants.write(account, { ...record, usedAt });
  workstation.notify('The server cannot be reached. You are signed in to this computer alone.');
  return record;
}

/** Set before the random octets, so that the signature is of no use as part of another protocol. */
const purpose = 'cardea sign-in without the server\0';

async function proveKey(cardCertificate: CardCertificate): Promise<void> {
  const key = publicKey(cardCertificate.certificate.subjectPublicKeyInfo);
  const algorithm = orThrow(cardAlgorithmOf(key));
  const input = Buffer.concat([Buffer.from(purpose), randomBytes(32)]);
  const signature = await (await cardCertificate.unlock()).sign(algorithm, input);
  const isGenuine = key && verify(cardAlgorithmHash[algorithm], input, { key, dsaEncoding: 'ieee-p1363' }, signature);
  if (!isGenuine) throw fault('tokenUnreadable', { problem: 'its signature is not one of its certificate' });
}
