import { type Ruling, success } from '#core/trace/ruling.ts';
import type { AuthorityRow, TrustStoreEdit, TrustStoreState } from '#model/authority.ts';
import type { AddressSettings, AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { checkPrivateAddress } from '../entered.ts';

/** What edits of the trust stores need. */
export type TrustPorts = Pick<AdminPorts, 'trustStore' | 'addresses'>;

/**
 * Makes one edit, decided on the state that it replaces. The caller makes it within `changeTenant`, which refuses it when no
 * Global Administrator could sign in afterwards. Refuses with addressPrivate, and what `decide` refuses with.
 */
export function editTrustStore<T>(
  decide: (current: TrustStoreState) => Ruling<TrustStoreEdit<T>>,
  { actor, ports: { trustStore, addresses } }: AdminContext<TrustPorts>,
): Promise<Ruling<T>> {
  return trustStore.edit((current) => {
    const ruling = decide(current);
    if (ruling.outcome !== 'passed') return ruling;
    const addressesRuling = checkNewAddresses(current, ruling.value.next, addresses);
    return addressesRuling.outcome === 'passed' ? ruling : addressesRuling;
  }, actor);
}

type Addresses = Pick<
  AuthorityRow,
  'certificateRevocationListUrl' | 'deltaCertificateRevocationListUrl' | 'revocation'
>;

/** Where CRLs and OCSP answers of a CA come from, each with the name of its property. */
function addressesOf(authority: Addresses): readonly (readonly [part: string, address: string])[] {
  const { furtherCrlUrls = [], ocsp } = authority.revocation ?? {};
  const all: readonly (readonly [string, string | undefined])[] = [
    ['certificateRevocationListUrl', authority.certificateRevocationListUrl],
    ['deltaCertificateRevocationListUrl', authority.deltaCertificateRevocationListUrl],
    ...furtherCrlUrls.map((url) => ['furtherCrlUrls', url] as const),
    ['ocspUrl', ocsp?.url],
  ];
  return all.filter((entry): entry is readonly [string, string] => Boolean(entry[1]));
}

/** Checks the addresses of a CA that is added. Refuses with addressPrivate. */
export function checkAddressesOf(authority: Addresses, settings: AddressSettings): Ruling<void> {
  for (const [part, address] of addressesOf(authority)) {
    const privateAddressRuling = checkPrivateAddress(part, address, 'crlPrivateAddresses', settings);
    if (privateAddressRuling.outcome !== 'passed') return privateAddressRuling;
  }
  return success();
}

/**
 * Checks the addresses that an edit brings. What was entered while a setting allowed it stays and can be restored, so that
 * everything else about its CA can still be changed. Refuses with addressPrivate.
 */
function checkNewAddresses(before: TrustStoreState, after: TrustStoreState, settings: AddressSettings): Ruling<void> {
  const knownAddresses = new Set(
    [...before.authorities, ...before.deletedAuthorities].flatMap(addressesOf).map(([, url]) => url),
  );
  for (const [part, address] of after.authorities.flatMap(addressesOf))
    if (!knownAddresses.has(address)) {
      const privateAddressRuling = checkPrivateAddress(part, address, 'crlPrivateAddresses', settings);
      if (privateAddressRuling.outcome !== 'passed') return privateAddressRuling;
    }
  return success();
}
