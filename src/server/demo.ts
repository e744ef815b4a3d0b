import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeDemoTenant, openDemoPki } from '#cli/demo.ts';
import type { Woodgrove } from '#pki/demo/woodgrove.ts';
import type { Config } from './config.ts';
import type { OpenInstallation } from './installation.ts';
import { clock } from './process/clock.ts';
import { checkDemoPort } from './settings/ports.ts';

/** The demo's PKI, replaced when its CRLs are published again. */
export interface RunningDemo {
  current: Woodgrove;
}

/** The demo of this installation; an empty installation gets one. Undefined where there are tenants and no demo. @throws settingInvalid */
export async function openDemo(config: Config, installation: OpenInstallation): Promise<RunningDemo | undefined> {
  const isEmpty = (await installation.tenants.list()).length === 0;
  if (!isEmpty && !hasDemo(config)) return undefined;
  checkDemoPort(config);
  const current = demoPkiOf(config);
  if (isEmpty) await makeDemoTenant(current, installation);
  return { current };
}

export const hasDemo = ({ dataFolder }: Config): boolean => existsSync(join(dataFolder, 'demo'));

/** Reads the demo's PKI from the data folder, or makes it there; CRLs that are due are published again. */
export const demoPkiOf = (config: Config): Woodgrove =>
  openDemoPki(config.dataFolder, `http://localhost:${config.demoCrlPort}`, clock.now());
