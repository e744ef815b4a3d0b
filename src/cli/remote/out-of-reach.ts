import { lstatSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute, join, parse, sep } from 'node:path';

/** The user of a server, who has fewer rights than root, who runs the command. */
export interface OtherUser {
  readonly uids: ReadonlySet<number>;
}

/** The owner of a server's data folder and of its socket where root runs the command and the server is another user's; else undefined. */
export function otherUserAt(folder: string, socket: string): OtherUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const bothStats = [statSync(folder, { throwIfNoEntry: false }), lstatSync(socket, { throwIfNoEntry: false })];
  const ofOthers = bothStats.filter((stats) => stats !== undefined).filter(({ uid }) => uid !== 0);
  if (ofOthers.length === 0) return undefined;
  return { uids: new Set(ofOthers.map(({ uid }) => uid)) };
}

/** Links that a path may lead through, as in Linux (path_resolution(7)). */
const mostLinks = 40;

/**
 * The path without links, where the other user can replace no file in any folder on the way, and so cannot change where it leads.
 * @throws Error for a folder that the other user can change, and errors of lstat(2)
 */
export function pathOutOfReach(path: string, otherUser: OtherUser): string {
  const { root } = parse(path);
  const names = path.split(sep);
  let at = root;
  for (let links = 0; names.length > 0; ) {
    const name = names.shift()!;
    if (name === '' || name === '.') continue;
    const next = name === '..' ? dirname(at) : join(at, name);
    const entry = name === '..' ? undefined : lstatSync(next, { throwIfNoEntry: false });
    if (canReplace(otherUser, lstatSync(at), entry))
      throw new Error(`the user of the server can replace files in ${at}: specify a file in another folder`);
    if (!entry?.isSymbolicLink()) {
      at = next;
      continue;
    }
    links += 1;
    if (links > mostLinks) throw new Error('it leads through too many links');
    const target = readlinkSync(next);
    names.unshift(...target.split(sep));
    if (isAbsolute(target)) at = root;
  }
  return at;
}

/**
 * Which groups the other user belongs to is not known here, so a folder that any group can change counts as one of his. Where a folder has an
 * access control list, the bits of the group are its mask (acl(5)), which has the rights of every user and group of the list. In a folder with
 * the sticky bit (/tmp) a user replaces only his own files.
 */
function canReplace({ uids }: OtherUser, folder: Stats, entry: Stats | undefined): boolean {
  if (uids.has(folder.uid)) return true;
  if ((folder.mode & 0o022) === 0) return false;
  const isSticky = (folder.mode & 0o1000) !== 0;
  return !isSticky || (entry !== undefined && uids.has(entry.uid));
}
