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

/** The demo that a start serves; undefined where it serves none. @throws settingInvalid */
export async function openDemo(config: Config, installation: OpenInstallation): Promise<RunningDemo | undefined> {
  const isEmpty = (await installation.tenants.list()).length === 0;
  checkDemo(config, isEmpty);
  if (!servesDemo(config, isEmpty)) return undefined;
  const current = demoPkiOf(config);
  if (isEmpty) await makeDemoTenant(current, installation);
  return { current };
}

/** Whether a start serves the demo: the installation has it, or gets it because it is empty. @param isEmpty whether it has no tenant */
export const servesDemo = (config: Config, isEmpty: boolean): boolean => config.demo && (isEmpty || hasDemo(config));

/** Refuses a port of another listener for the CRLs of a demo that a start serves. @throws settingInvalid */
export function checkDemo(config: Config, isEmpty: boolean): void {
  if (servesDemo(config, isEmpty)) checkDemoPort(config);
}

export const hasDemo = ({ dataFolder }: Config): boolean => existsSync(join(dataFolder, 'demo'));

/** Reads the demo's PKI from the data folder, or makes it there; CRLs that are due are published again. */
export const demoPkiOf = (config: Config): Woodgrove =>
  openDemoPki(config.dataFolder, `http://localhost:${config.demoCrlPort}`, clock.now());
