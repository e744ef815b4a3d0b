import { contextConstructed, integer, oid, sequence, setOf } from '#pki/build/der-writer.ts';

/** A certs-only PKCS #7 file (RFC 5652 §5.1) of certificates given as DER. */
export const bundleOf = (...ders: readonly Uint8Array[]): Uint8Array =>
  sequence(
    oid('1.2.840.113549.1.7.2'),
    contextConstructed(
      0,
      sequence(integer(1), setOf(), sequence(oid('1.2.840.113549.1.7.1')), contextConstructed(0, ...ders), setOf()),
    ),
  );
