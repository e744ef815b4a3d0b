import type { EvidenceOf } from '../trace/reasons.ts';
import { type Because, because } from '../trace/reasons.ts';
import { nameToString } from './name.ts';
import type { VerifiedPath } from './path.ts';

/** COEX-1: what the log says where a CA of the path counts by its record in the classic store; nothing where none does. */
export function legacyStoreUseOf({ authorities }: VerifiedPath): readonly Because[] {
  const usage: EvidenceOf<'legacyStoreUsed'>['authorities'] = authorities.flatMap(({ certificate, legacyStoreUse }) =>
    legacyStoreUse === undefined ? [] : [{ subject: nameToString(certificate.subject), why: legacyStoreUse }],
  );
  return usage.length === 0 ? [] : [because('legacyStoreUsed', { authorities: usage })];
}
