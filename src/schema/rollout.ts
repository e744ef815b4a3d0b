import { z } from 'zod';
import type { FeatureRollout } from '#core/binding/realm.ts';
import { odataTypes } from './odata-type.ts';

/** A staged rollout with its name (Graph: featureRolloutPolicy). */
export interface RolloutPolicy extends FeatureRollout {
  readonly displayName: string;
  readonly description?: string;
}

/** Graph's `stagedFeatureName`; the values behind `unknownFutureValue` are masked for clients that do not ask for them. */
export const stagedFeatures = [
  'passthroughAuthentication',
  'seamlessSso',
  'passwordHashSync',
  'emailAsAlternateId',
  'certificateBasedAuthentication',
  'multiFactorAuthentication',
] as const;

const text = z.string().max(1024);
/** A group of a rollout: its id, or a reference to it. */
export const rolloutMember = z.object({ id: z.guid().optional(), '@odata.id': text.optional() });
/** A staged rollout as Graph, tenant files and exports of Entra write it (graph-api §10). */
export const rolloutBody = z
  .strictObject({
    id: z.unknown().optional(),
    displayName: z.string().max(256),
    description: text.nullish(),
    feature: z.enum(stagedFeatures),
    isEnabled: z.boolean(),
    isAppliedToOrganization: z.boolean().optional(),
    appliesTo: z.array(rolloutMember).max(100).optional(),
  })
  .register(odataTypes, ['featureRolloutPolicy']);
export const rolloutChangeBody = rolloutBody
  .omit({ appliesTo: true })
  .partial()
  .register(odataTypes, ['featureRolloutPolicy']);
