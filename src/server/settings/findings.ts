import { readFileSync } from 'node:fs';
import { type Because, because } from '#core/trace/reasons.ts';
import type { Config } from '../config.ts';
import { tlsFindings } from './tls-findings.ts';

/** Milliseconds by which the clocks of two computers may differ. */
const clockTolerance = 10_000;

/** What a start finds that will keep some users from signing in, and that does not keep the server from starting. */
export async function startFindings(
  config: Config,
  at: Date,
  clockOffset: () => Promise<number>,
): Promise<readonly Because[]> {
  const { tlsCertificateFile } = config;
  const tls = tlsCertificateFile ? tlsFindings(config, readFileSync(tlsCertificateFile, 'utf8'), at) : [];
  return [...tls, ...clockFindings(await clockOffset())];
}

/** @param offset milliseconds between the clock of this computer and that of the database */
export const clockFindings = (offset: number): readonly Because[] =>
  Math.abs(offset) > clockTolerance ? [because('clockOffset', { seconds: Math.round(Math.abs(offset) / 1000) })] : [];
