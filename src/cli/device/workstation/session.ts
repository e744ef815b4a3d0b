import { chownSync, existsSync, lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { LocalAccount } from '#core/device/workstation/local-account.ts';
import { fault } from '#core/trace/fault.ts';
import { requireJson } from '#schema/json.ts';
import { DeviceState, deviceRecord, type PrimaryRefreshToken, primaryRefreshToken } from '../state/device-state.ts';
import { StateFolder } from '../state/state-folder.ts';
import { rootFolders, type Workstation } from './workstation.ts';

/** Milliseconds between a sign-in and the session that it opens. */
const handoverLifetime = 120_000;

const handoverShape = z.object({ record: deviceRecord, token: primaryRefreshToken, ca: z.string().optional() });
type Handover = z.infer<typeof handoverShape>;

/** Keeps a token, readable by root alone, until the session of the account opens. */
export function handOver(
  { handover, state, network }: Workstation,
  account: LocalAccount,
  token: PrimaryRefreshToken,
): void {
  const parts: Handover = { record: state.record(), token, ca: network.ca };
  handover.write(`${account.name}.json`, JSON.stringify(parts));
}

/** Where the open sessions are: one empty file each, by user id and process of the program that opened it. */
const sessionsFolder = '/run/cardea/sessions';
const runtimeFolders = '/run/user';

/** The program that PAM works for: `login`, `su`, a display manager. */
export interface SessionOwner {
  readonly account: LocalAccount;
  readonly processId: number;
}

/**
 * Opens the session: the token of the sign-in goes into `/run/user/UID/cardea`, which belongs to the user. Without a token
 * that is at most two minutes old, the session has none. @throws deviceStateUnusable, deviceStateExposed
 */
export function openSession({ account, processId }: SessionOwner, now: Date): void {
  StateFolder.open(sessionsFolder).write(sessionFile(account, processId), '');
  const folder = StateFolder.open(rootFolders.handover);
  const text = folder.read(`${account.name}.json`);
  folder.remove(`${account.name}.json`);
  if (text === undefined) return;
  const path = `${folder.path}/${account.name}.json`;
  const { record, token, ca } = requireJson(handoverShape, text, (problem) =>
    fault('deviceStateUnusable', { path, problem }),
  );
  if (Math.abs(now.getTime() - Date.parse(token.obtainedAt)) > handoverLifetime) return;
  const runtimeFolder = makeRuntimeFolder(account);
  become(account);
  const state = new DeviceState(StateFolder.open(join(runtimeFolder, 'cardea')));
  state.saveWithoutKeys(record, ca);
  state.keep(token);
}

/** Closes the session. With the last one of the user, the token goes as well. @throws deviceStateUnusable, deviceStateExposed */
export function closeSession({ account, processId }: SessionOwner): void {
  const folder = StateFolder.open(sessionsFolder);
  folder.remove(sessionFile(account, processId));
  const sessions = folder.list(`${account.userId}-`);
  const ended = sessions.filter((name) => !existsSync(`/proc/${name.split('-')[1]}`));
  for (const name of ended) folder.remove(name);
  const runtimeFolder = join(runtimeFolders, `${account.userId}`);
  if (ended.length < sessions.length || !existsSync(runtimeFolder)) return;
  become(account);
  new DeviceState(StateFolder.open(join(runtimeFolder, 'cardea'))).clear();
}

const sessionFile = ({ userId }: LocalAccount, processId: number): string => `${userId}-${processId}`;

/** The runtime folder of the user, as systemd makes it; made here where no systemd does. @throws deviceStateExposed */
function makeRuntimeFolder({ userId, groupId }: LocalAccount): string {
  const folder = join(runtimeFolders, `${userId}`);
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chownSync(folder, userId, groupId);
  }
  const { uid } = lstatSync(folder);
  if (uid !== userId) throw fault('deviceStateExposed', { path: folder, problem: 'it belongs to another account' });
  return folder;
}

/**
 * Gives up every right of root for good: what follows is done by the user, in a folder where the user may have put anything.
 * The process ends afterwards.
 */
function become({ userId, groupId }: LocalAccount): void {
  process.setgroups?.([groupId]);
  process.setgid?.(groupId);
  process.setuid?.(userId);
}
