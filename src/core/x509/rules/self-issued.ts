import type { Certificate } from '../certificate.ts';
import { sameName } from '../name.ts';

/** RFC 5280 §3.2: issuer and subject are the same name. It does not compare keys. */
export const isSelfIssued = ({ issuer, subject }: Certificate): boolean => sameName(issuer, subject);
