import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Tenths of the exposure that `systemd-analyze security` may find, from 0 to 100. */
export const exposureLimit = 20;

/** Go's programs are where `go install` puts them. */
const goFolder = process.env.GOBIN ?? join(process.env.GOPATH ?? join(homedir(), 'go'), 'bin');

/** Whether a program can be run. */
export const isInstalled = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;

/** The path of a program of Go; undefined where it is missing. */
export const goProgram = (name: string): string | undefined =>
  isInstalled(name) ? name : isInstalled(join(goFolder, name)) ? join(goFolder, name) : undefined;
