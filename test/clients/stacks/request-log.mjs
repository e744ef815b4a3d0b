// Loaded into the server that the harness starts: one line in CARDEA_REQUEST_LOG for every request that was refused.
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';

subscribe('http.server.response.finish', ({ request, response }) => {
  if (response.statusCode < 400 || process.env.CARDEA_REQUEST_LOG === undefined) return;
  const [path] = String(request.url).split('?');
  appendFileSync(process.env.CARDEA_REQUEST_LOG, `${response.statusCode} ${request.method} ${path}\n`);
});
