import { contextConstructed, integer, octetString, oid, sequence } from '#pki/build/der-writer.ts';
import { bags, type Card, data, x509Certificate } from '#pki/card-file/pkcs12.ts';

const contentInfo = (content: Uint8Array): Uint8Array =>
  sequence(oid(data), contextConstructed(0, octetString(content)));
const bag = (type: string, value: Uint8Array): Uint8Array => sequence(oid(type), contextConstructed(0, value));

/** A PKCS #12 file with nothing encrypted and no MAC (RFC 7292 allows both): what is inside lies open to mutations. */
export function plainPkcs12({ der, privateKey, chain }: Card): Uint8Array {
  const certificates = [der, ...chain.map((above) => above.der)].map((item) =>
    bag(bags.certificate, sequence(oid(x509Certificate), contextConstructed(0, octetString(item)))),
  );
  const key = bag(bags.key, privateKey.export({ type: 'pkcs8', format: 'der' }));
  const safes = [sequence(...certificates), sequence(key)].map(contentInfo);
  return sequence(integer(3), contentInfo(sequence(...safes)));
}
