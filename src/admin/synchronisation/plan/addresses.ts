import { mailKey } from '#core/binding/identifiers/user-principal-name.ts';

/** Keys of the addresses of an object: `mail`, and every SMTP address of `proxyAddresses`. */
export function addressesIn({ mail, proxyAddresses }: Readonly<Record<string, unknown>>): readonly string[] {
  const proxies = (proxyAddresses as readonly string[] | undefined) ?? [];
  const smtp = proxies.filter((address) => /^smtp:/i.test(address)).map((address) => address.slice(5));
  return [...new Set([...(typeof mail === 'string' ? [mail] : []), ...smtp].map(mailKey))];
}
