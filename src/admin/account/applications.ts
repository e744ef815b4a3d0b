import type { Application } from '#model/application.ts';
import type { AdminPorts, Ports, SignInContext } from '#ports/ports.ts';

/** An application that a user can open from My Apps. */
export interface OfferedApplication {
  readonly appId: string;
  readonly displayName: string;
  readonly homepage: string;
  readonly description: string | undefined;
  /** The groups that administrators put applications in, in alphabetical order. */
  readonly collections: readonly string[];
  /** SHA-256 of its logo; undefined where it has none. */
  readonly logoDigest: string | undefined;
  /** The user's last sign-in to it; undefined where the log has none of the last thirty days. */
  readonly lastUsedDateTime: Date | undefined;
}

/** Entra's tag of a service principal that My Apps does not show. */
const hiddenTag = 'HideApp';
/** Tags of this form name a collection. Ours: Entra keeps collections elsewhere, and Graph does not offer them. */
const collectionTag = /^Collection:\s*(.{1,60})$/u;
const period = { milliseconds: 30 * 86_400_000, entries: 500 } as const;

/**
 * The applications of My Apps for a user, in alphabetical order: those with a homepage that no administrator has hidden.
 * `without` names applications that this tenant does not offer.
 */
export async function applicationsOf(
  userId: string,
  { without = new Set() }: { readonly without?: ReadonlySet<string> },
  { ports, at }: SignInContext<Pick<Ports, 'signInLog'> & Pick<AdminPorts, 'applications'>>,
): Promise<readonly OfferedApplication[]> {
  const from = new Date(at.getTime() - period.milliseconds);
  const [applications, entries] = await Promise.all([
    ports.applications.listWithHomepage(),
    ports.signInLog.list({ userId, errorNumber: 0, from, top: period.entries }),
  ]);
  const lastUsed = new Map(entries.toReversed().map(({ appId, createdDateTime }) => [appId, createdDateTime]));
  return applications
    .filter(({ appId }) => !without.has(appId))
    .flatMap((application) => tileOf(application, lastUsed.get(application.appId)))
    .toSorted((first, second) => first.displayName.localeCompare(second.displayName));
}

/** Whether My Apps offers an application. */
export const isOffered = (application: Application): boolean => tileOf(application, undefined).length > 0;

function tileOf(application: Application, lastUsedDateTime: Date | undefined): readonly OfferedApplication[] {
  const { appId, displayName, homepage, profile } = application;
  const principal = profile?.servicePrincipal as Application['profile'];
  const tags = [...textsIn(profile?.tags), ...textsIn(principal?.tags)];
  if (!homepage || tags.includes(hiddenTag)) return [];
  const collections = tags.flatMap((tag) => collectionTag.exec(tag)?.[1]?.trim() ?? []);
  const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const [description, logoDigest] = [textOf(profile?.description), textOf(profile?.logoDigest)];
  return [
    {
      appId,
      displayName,
      homepage,
      description,
      collections: [...new Set(collections)].toSorted(),
      logoDigest,
      lastUsedDateTime,
    },
  ];
}

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
