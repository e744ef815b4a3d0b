import { existsSync, type Stats, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Because, because } from '#core/trace/reasons.ts';
import { nearestPresent } from '#pki/whole-file.ts';
import type { Config } from '../config.ts';

/** Files of the data folder that Cardea creates for its own user alone. */
const privateFiles = ['secret.key', 'cardea.db', 'tls/tls.json'];

/** What is wrong with the place and the permissions of the data folder, and does not keep the server from starting. */
export const folderFindings = ({ dataFolder, databaseUrl }: Config): readonly Because[] => [
  ...(databaseUrl === undefined ? placeFindings(dataFolder) : []),
  ...privateFiles.flatMap((name) => permissionFindings(join(dataFolder, name))),
];

/** Permissions for other users. Windows has none of this form. */
function permissionFindings(file: string): readonly Because[] {
  const stats = process.getuid && statSync(file, { throwIfNoEntry: false });
  if (!stats) return [];
  const users = usersOf(stats, statSync(dirname(file)));
  return users === undefined ? [] : [because('fileNotPrivate', { file, users, mode: modeOf(stats) })];
}

/**
 * The users besides the owner who can read or change a file. A folder with the set-group-ID bit is shared with its group on purpose: Kubernetes sets
 * this bit, and the permissions of the group, where a pod has an fsGroup.
 */
function usersOf(file: Stats, folder: Stats): string | undefined {
  if ((file.mode & 0o006) !== 0) return 'every user of this computer';
  const isSharedOnPurpose = (folder.mode & 0o2000) !== 0 && folder.gid === file.gid;
  return (file.mode & 0o060) !== 0 && !isSharedOnPurpose ? 'the users of its group' : undefined;
}

const modeOf = ({ mode }: Stats): string => (mode & 0o777).toString(8).padStart(3, '0');

/** Linux tells the type of the file system by a number (statfs(2)). Other systems use the number for something else. */
function placeFindings(folder: string): readonly Because[] {
  if (process.platform !== 'linux') return [];
  const kind = networkFileSystem(statfsSync(nearestPresent(folder, existsSync) ?? '/').type);
  return kind === undefined ? [] : [because('dataFolderOnNetwork', { folder, kind })];
}

/** Types of linux/magic.h whose files another computer has. A file system of FUSE does not tell. */
const networkTypes: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'SMB'],
  [0x01021997, '9P'],
  [0x00c36400, 'CephFS'],
  [0x5346414f, 'AFS'],
]);

/** The name of a network file system; undefined for another one. @param type of statfs(2), with or without its sign */
export const networkFileSystem = (type: number): string | undefined => networkTypes.get(type >>> 0);
