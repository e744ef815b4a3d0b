import { socketHost } from '../../host-name.ts';

/** Where an attribute of one entry is (RFC 4516): `ldap://host:389/cn=ca,dc=test?certificateRevocationList;binary`. */
export interface LdapAddress {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  readonly dn: string;
  readonly attribute: string;
}

/** Reads an LDAP address; undefined for one that asks for more than one attribute of one entry. */
export function ldapAddress(url: string): LdapAddress | undefined {
  const match =
    /^(ldaps?):\/\/(\[[^\]]+\]|[^/:?#]+)(?::(\d{1,5}))?\/([^?#]*)(?:\?([^?#]*))?(?:\?([^?#]*))?(?:\?([^?#]*))?$/i.exec(
      url,
    );
  if (!match) return undefined;
  const [, scheme, host, port, dn, attributes, scope, filter] = match;
  const secure = scheme!.toLowerCase() === 'ldaps';
  const attribute = attributes || 'certificateRevocationList;binary';
  const onlyOne =
    !attribute.includes(',') &&
    ['', 'base', undefined].includes(scope) &&
    /^(|\(objectclass=\*\))$/i.test(plain(filter ?? '') ?? '-');
  const [name, wanted] = [plain(dn!), plain(attribute)];
  if (!onlyOne || name === undefined || wanted === undefined) return undefined;
  return {
    secure,
    host: socketHost(host!),
    port: Number(port ?? (secure ? 636 : 389)),
    dn: name,
    attribute: wanted,
  };
}

function plain(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
