import { type AuthorityHealth, trustHealth } from '#admin/trust/health/authority-health.ts';
import { hexOf } from '#core/hex.ts';
import { nameToString } from '#core/x509/name.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, type GraphResource } from '../../protocol/answers.ts';
import type { Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { stateItem } from './crl-actions.ts';

const view: GraphResource = { type: 'certificateAuthorityHealth', set: 'directory/publicKeyInfrastructure/health' };

function healthItem({ authority, certificate, crls, warnings, ...rest }: AuthorityHealth): Item {
  return {
    id: authority.id,
    authorityId: authority.id,
    displayName: authority.displayName,
    store: authority.store,
    pkiId: authority.containerId ?? null,
    certificateAuthorityType: authority.authorityType,
    subject: nameToString(certificate.subject),
    issuer: nameToString(certificate.issuer),
    subjectKeyIdentifier: certificate.subjectKeyIdentifier ? hexOf(certificate.subjectKeyIdentifier) : null,
    parentId: rest.parentId ?? null,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    keyAlgorithm: rest.keyAlgorithm,
    state: rest.state,
    nextDueDateTime: rest.nextDueDateTime.toISOString(),
    warnings: warnings.map(({ code, text, remedy, dueDateTime }) => ({
      code,
      text,
      remedy,
      dueDateTime: dueDateTime?.toISOString() ?? null,
    })),
    crls: crls.map(({ ageSeconds, authorityKeyIdentifier, ...state }) => ({
      ...stateItem(state),
      ageSeconds: ageSeconds ?? null,
      authorityKeyIdentifier: authorityKeyIdentifier ?? null,
      lastFetchMilliseconds: state.lastFetchMilliseconds ?? null,
    })),
  };
}

async function list(call: Call) {
  const items = (await trustHealth(call)).map(healthItem);
  return collection(call, items, view, { order: [{ property: 'nextDueDateTime', descending: false }] });
}

/** Beyond Entra: how the CAs of both stores and their CRLs stand, the one that needs attention next first. */
export const healthRoutes: readonly Route[] = [
  { method: 'GET', path: 'directory/publickeyinfrastructure/health', need: needs.readPki, answer: list },
];
