import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { SynchronisationSettings } from '#schema/directory-synchronisation.ts';

/** Deletions of a small directory that no share of it forbids. */
const alwaysAllowed = 10;

/**
 * Refuses a run that would delete too much, as Entra Connect's "prevent accidental deletes" does: more objects than the
 * threshold, or a larger share of the domain. Refuses with syncDeletionsRefused.
 */
export function checkDeletions(
  domain: string,
  { deletions, objects }: { readonly deletions: number; readonly objects: number },
  { deletionThreshold: { objects: most, percent } }: Pick<SynchronisationSettings, 'deletionThreshold'>,
): Ruling<void> {
  const refuse = (limit: string) => refused('syncDeletionsRefused', { domain, deletions, objects, limit });
  if (most > 0 && deletions > most) return refuse(`${most} objects`);
  if (deletions > alwaysAllowed && deletions * 100 > objects * percent) return refuse(`${percent} percent`);
  return success();
}
