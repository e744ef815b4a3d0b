#!/usr/bin/env node
// The health check of the container image: exit code 0 where the server can serve sign-ins.
const host = process.env.CARDEA_MANAGEMENT_LISTEN ?? '127.0.0.1';
const address = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host;
const url = `http://${address}:${process.env.CARDEA_MANAGEMENT_PORT ?? '8481'}/health/ready`;
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  console.log((await answer.text()).trim());
  process.exitCode = answer.ok ? 0 : 1;
} catch (problem) {
  console.error(`${url} does not answer: ${problem instanceof Error ? problem.message : problem}`);
  process.exitCode = 1;
}
