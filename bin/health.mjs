#!/usr/bin/env node
// The health check of the container image: exit code 0 where the server can serve sign-ins. It reads the settings of the management
// listener as the server does: variables first, then cardea.json in the data folder.
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';

const { CARDEA_DATA = 'data', CARDEA_MANAGEMENT_LISTEN, CARDEA_MANAGEMENT_PORT } = process.env;

function settingsFile() {
  try {
    return JSON.parse(readFileSync(join(CARDEA_DATA, 'cardea.json'), 'utf8'));
  } catch (problem) {
    if (problem.code === 'ENOENT') return {};
    throw problem;
  }
}

/** @returns {Promise<{ status: number | undefined, text: string }>} */
const ask = (host, port) =>
  new Promise((resolve, reject) => {
    // A host and a port, not a URL: an IPv6 address has no brackets here, and may have a zone.
    const request = get({ host, port, path: '/health/ready', signal: AbortSignal.timeout(4_000) }, async (answer) => {
      try {
        resolve({ status: answer.statusCode, text: Buffer.concat(await answer.toArray()).toString() });
      } catch (problem) {
        reject(problem);
      }
    });
    request.on('error', reject);
  });

try {
  const file = settingsFile();
  const listen = CARDEA_MANAGEMENT_LISTEN ?? file.managementListen ?? '127.0.0.1';
  const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[listen] ?? listen;
  const port = Number(CARDEA_MANAGEMENT_PORT ?? file.managementPort ?? 8481);
  if (port === 0) console.log('The management listener is off (managementPort), so that the health is not known.');
  else {
    const { status, text } = await ask(host, port);
    console.log(text.trim());
    process.exitCode = status === 200 ? 0 : 1;
  }
} catch (problem) {
  console.error(`The server does not answer: ${problem instanceof Error ? problem.message : problem}`);
  process.exitCode = 1;
}
