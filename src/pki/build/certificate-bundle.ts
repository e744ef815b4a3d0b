import { contextConstructed, integer, oid, sequence, setOf } from './der-writer.ts';

/** A certs-only CMS message (RFC 5652 §5.1) of certificates given as DER. */
export const certificateBundle = (...certificates: readonly Uint8Array[]): Uint8Array =>
  sequence(
    oid('1.2.840.113549.1.7.2'),
    contextConstructed(
      0,
      sequence(
        integer(1),
        setOf(),
        sequence(oid('1.2.840.113549.1.7.1')),
        contextConstructed(0, ...certificates),
        setOf(),
      ),
    ),
  );
