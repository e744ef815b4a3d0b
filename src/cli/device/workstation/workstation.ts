import { readFileSync } from 'node:fs';
import { type AccountMap, readAccountMap } from '#core/device/workstation/account-map.ts';
import { findLocalAccount, type LocalAccount } from '#core/device/workstation/local-account.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { type Network, serversOf } from '../../client/network.ts';
import { DeviceState } from '../state/device-state.ts';
import { StateFolder } from '../state/state-folder.ts';
import { readProtected, readSettings, type WorkstationSettings } from './settings.ts';

/** A computer that users sign in to. */
export interface Workstation {
  readonly settings: WorkstationSettings;
  readonly map: AccountMap;
  readonly state: DeviceState;
  readonly network: Network;
  /** Records of sign-ins that the server granted, for sign-ins without it. */
  readonly grants: StateFolder;
  /** Tokens between the sign-in and the session. Memory alone: it does not outlive a restart. */
  readonly handover: StateFolder;
  /** Shows a sentence to the person who signs in. */
  notify(sentence: string): void;
  now(): Date;
}

/** Where a workstation keeps what only root reads. */
export const rootFolders = { grants: '/var/lib/cardea/offline', handover: '/run/cardea/handover' } as const;

/** @throws workstationSettingsUnusable, accountMapMalformed, deviceStateExposed, deviceStateUnusable */
export function openWorkstation(file: string, notify: (sentence: string) => void): Workstation {
  const settings = readSettings(file);
  return {
    settings,
    map: orThrow(readAccountMap(readProtected(settings.users), settings.accountsOfDomain)),
    state: new DeviceState(StateFolder.open(settings.state)),
    network: {
      ca: settings.ca === undefined ? undefined : readProtected(settings.ca),
      servers: serversOf(settings.resolve),
    },
    grants: StateFolder.open(rootFolders.grants),
    handover: StateFolder.open(rootFolders.handover),
    notify,
    now: () => new Date(),
  };
}

/** The local account that PAM names. @throws localAccountNameRefused, localAccountMissing, rootAccountRefused */
export const accountNamed = (name: string, allowsRoot: boolean): LocalAccount =>
  orThrow(findLocalAccount(readFileSync('/etc/passwd', 'utf8'), name, allowsRoot));
