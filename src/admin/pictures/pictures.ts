import { createHash } from 'node:crypto';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { AdminPorts, Ports } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { type PictureFacts, type PictureType, readPicture } from './read-picture.ts';

/** A picture as it is stored. */
export interface Picture extends PictureFacts {
  readonly base64: string;
  readonly sha256: string;
}
/** Whose picture: a user's photo, an application's logo, a part of a tenant's branding. */
export interface PictureOf {
  readonly subject: 'user' | 'application' | 'branding';
  /** Id of the user or application, or the locale of the branding. */
  readonly ownerId: string;
  readonly part: string;
}
/** What is taken as this picture. */
export interface PictureRule {
  readonly mostOctets: number;
  readonly types: readonly PictureType[];
}

export const pictureKind = 'pictures';
/** More than any screen: a file of a few octets must not make a browser allocate gigabytes. */
const mostPixels = 40_000_000;
const usual: readonly PictureType[] = ['image/png', 'image/jpeg', 'image/webp'];

/** Entra takes photos of 4 MB; the parts of a branding are files that every sign-in page loads. */
export const pictureRules = {
  photo: { mostOctets: 4 * 1024 * 1024, types: [...usual, 'image/gif'] },
  logo: { mostOctets: 100 * 1024, types: usual },
  bannerLogo: { mostOctets: 50 * 1024, types: usual },
  squareLogo: { mostOctets: 50 * 1024, types: usual },
  backgroundImage: { mostOctets: 300 * 1024, types: usual },
  favicon: { mostOctets: 50 * 1024, types: ['image/png', 'image/jpeg', 'image/x-icon'] },
} as const satisfies Record<string, PictureRule>;

const idOf = ({ subject, ownerId, part }: PictureOf) => `${subject}:${ownerId.toLowerCase()}:${part}`;

/** The audit row names the picture by its digest: its octets would make the log as large as the pictures. */
const withoutOctets = (document: unknown) => {
  const { base64: _, ...facts } = document as Picture;
  return facts;
};

export async function pictureOf(target: PictureOf, { objects }: Pick<Ports, 'objects'>): Promise<Picture | undefined> {
  return (await objects.find<Picture>(pictureKind, idOf(target)))?.document;
}

/** The octets as a picture of this rule. Refuses with pictureInvalid. */
export function checkPicture(octets: Uint8Array, { mostOctets, types }: PictureRule): Ruling<Picture> {
  if (octets.length > mostOctets)
    return refused('pictureInvalid', { problem: `it has ${octets.length} octets, more than ${mostOctets}` });
  const facts = readPicture(octets);
  if (!facts || !types.includes(facts.mediaType)) {
    const names = types.map((type) => type.replace('image/', '')).join(', ');
    return refused('pictureInvalid', { problem: `its type is not one of ${names}` });
  }
  if (facts.width * facts.height > mostPixels)
    return refused('pictureInvalid', { problem: `it has ${facts.width} × ${facts.height} pixels` });
  const sha256 = createHash('sha256').update(octets).digest('hex');
  return success({ ...facts, sha256, base64: Buffer.from(octets).toString('base64') });
}

/** The stores that a change of a picture writes. */
type PicturePorts = Pick<AdminPorts, 'objects'>;

/** Replaces a picture. */
export async function putPicture(
  target: PictureOf,
  picture: Picture,
  { actor, ports: { objects } }: AdminContext<PicturePorts>,
): Promise<Picture> {
  const auditEntry = { activity: activities[target.subject], actor, audited: withoutOctets };
  const object = { kind: pictureKind, id: idOf(target), owner: target.ownerId.toLowerCase(), document: picture };
  const result = await objects.change<Picture>(pictureKind, object.id, () => picture, auditEntry);
  return (result ?? (await objects.add(object, auditEntry))).document;
}

/** False when there is none. */
export function removePicture(
  target: PictureOf,
  { actor, ports: { objects } }: AdminContext<PicturePorts>,
): Promise<boolean> {
  const auditEntry = { activity: activities[target.subject], actor, audited: withoutOctets };
  return objects.remove(pictureKind, idOf(target), auditEntry);
}

const activities = {
  user: 'Update user',
  application: 'Update application',
  branding: 'Update company branding logo',
} as const;
